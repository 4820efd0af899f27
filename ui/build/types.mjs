// Writes generated/api.d.ts from api/openapi.yaml: what the server takes and answers, as types. Nothing here asks the network.
import { mkdirSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString, transformSchemaObject } from 'openapi-typescript';
import ts from 'typescript';

/** Of a list with fewer elements at least than at most, the last ones may be missing: [time, value, sent?]. */
function transform(schema, options) {
  const { prefixItems: items, minItems = 0 } = schema;
  if (!items || minItems >= items.length) return undefined;
  const types = items.map((item) => transformSchemaObject(item, options));
  return ts.factory.createTupleTypeNode(types.map((type, i) => (i < minItems ? type : ts.factory.createOptionalTypeNode(type))));
}

const ast = await openapiTS(new URL(process.env.MADANG_API ?? '../../api/openapi.yaml', import.meta.url), { transform, silent: true });
mkdirSync(new URL('../generated/', import.meta.url), { recursive: true });
writeFileSync(new URL('../generated/api.d.ts', import.meta.url), `// Written by ui/build/types.mjs from api/openapi.yaml.\n${astToString(ast)}`);
