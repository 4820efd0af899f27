// The API document as a judge: which answers it allows, field by field. Here an object may hold nothing that its schema does not
// name, though clients must expect that answers gain fields: what the document leaves out is found.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export class Judge {
  #document;
  #ajv = new Ajv2020({ strict: true, strictTuples: false, allowUnionTypes: true, strictRequired: false, allErrors: true });
  #compiled = new Map();
  /** "GET /api/v1/city 200" for each that was judged. */
  seen = new Set();

  constructor(document) {
    this.#document = document;
    addFormats(this.#ajv);
    this.#ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
  }

  /** All operations as [method, path, operation]. */
  operations() {
    return Object.entries(this.#document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => [method.toUpperCase(), path, operation]));
  }

  operation(method, path) {
    const found = this.#document.paths[path]?.[method.toLowerCase()];
    if (!found) throw new Error(`${method} ${path} does not stand in the document`);
    return found;
  }

  /** What is wrong with an answer; empty: nothing. */
  faults(method, path, status, type, text) {
    const place = `${method} ${path} ${status}`;
    this.seen.add(place);
    const answer = this.#resolved(this.operation(method, path).responses[status]);
    if (!answer) return [`the document knows no status ${status}`];
    if (!answer.content) return text === '' ? [] : ['the document knows no body'];
    const kind = type.split(';')[0].trim();
    const media = answer.content[kind];
    if (!media) return [`the document knows ${Object.keys(answer.content).join(', ')} and not ${kind}`];
    if (!kind.endsWith('json')) return text === '' ? ['the body is empty'] : [];
    return this.#against(`${place} ${kind}`, media.schema, JSON.parse(text));
  }

  /** Of a body that the server took. */
  faultsOfBody(method, path, value) {
    const body = this.operation(method, path).requestBody;
    if (!body) return value === undefined ? [] : ['the document knows no body'];
    if (value === undefined) return body.required ? ['the document wants a body'] : [];
    return this.#against(`${method} ${path} body`, body.content['application/json'].schema, value);
  }

  faultsOfEvent(path, name, data) {
    const schema = this.operation('GET', path).responses[200].content['text/event-stream'].schema.contentSchema.properties[name];
    if (!schema) return [`the document knows no event ${name}`];
    return this.#against(`GET ${path} ${name}`, schema, data);
  }

  #against(place, schema, value) {
    let valid = this.#compiled.get(place);
    if (!valid) this.#compiled.set(place, (valid = this.#ajv.compile(this.#closed(schema))));
    return valid(value) ? [] : valid.errors.slice(0, 8).map((e) => `${e.instancePath || '/'}: ${e.message} ${JSON.stringify(e.params)}`);
  }

  #resolved(part) {
    if (!part?.$ref) return part;
    return part.$ref.slice(2).split('/').reduce((at, key) => at[key], this.#document);
  }

  /** Without references, and closed: but for parts of an allOf, which are closed together. */
  #closed(schema, isPart = false) {
    const { $ref, ...beside } = schema;
    const whole = $ref ? { ...this.#resolved({ $ref }), ...beside } : schema;
    const out = {};
    for (const [key, value] of Object.entries(whole)) {
      if (key === 'properties') out[key] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#closed(one)]));
      else if (key === 'allOf') out[key] = value.map((one) => this.#closed(one, true));
      else if (key === 'oneOf' || key === 'anyOf' || key === 'prefixItems') out[key] = value.map((one) => this.#closed(one));
      else if (key === 'items' || (key === 'additionalProperties' && typeof value === 'object')) out[key] = this.#closed(value);
      else out[key] = value;
    }
    const isOpen = 'additionalProperties' in whole;
    if (!isPart && !isOpen && (whole.properties || whole.allOf)) out.unevaluatedProperties = false;
    if ((out.properties || out.allOf) && !out.type) out.type = 'object';
    return out;
  }
}
