// The real binary as child processes: a server on free ports with its own data directory, and the simulated city.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { kPatience } from './patience.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const binary = process.env.MADANG_BINARY ?? join(root, 'build', 'release', 'madang');
export const repository = root;

/** What a child says, kept short, to be shown when something fails. */
class Voice {
  lines = [];
  #waiting = [];

  constructor(stream) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      for (const line of parts) this.#say(line);
    });
  }
  #say(line) {
    this.lines.push(line);
    if (this.lines.length > 400) this.lines.shift();
    this.#waiting = this.#waiting.filter(({ pattern, resolve }) => {
      const match = pattern.exec(line);
      if (match) resolve(match);
      return !match;
    });
  }
  /** The first line that fits, said already or later. */
  wait(pattern) {
    const said = this.lines.map((line) => pattern.exec(line)).find(Boolean);
    return said ? Promise.resolve(said) : new Promise((resolve) => this.#waiting.push({ pattern, resolve }));
  }
}

function within(promise, ms, what, voices) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${ms / 1000} s\n${voices.flatMap((v) => v.lines.slice(-15)).join('\n')}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class Child {
  constructor(args) {
    this.process = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.out = new Voice(this.process.stdout);
    this.err = new Voice(this.process.stderr);
    this.ended = new Promise((resolve) => this.process.once('exit', resolve));
  }
  /** The line that says it is ready; an error when the child ends instead. */
  async until(pattern, what, ms = kPatience) {
    const ended = this.ended.then((code) => {
      throw new Error(`${what}: the program ended with ${code}\n${[...this.out.lines, ...this.err.lines].slice(-20).join('\n')}`);
    });
    ended.catch(() => {});
    return within(Promise.race([this.out.wait(pattern), this.err.wait(pattern), ended]), ms, what, [this.out, this.err]);
  }
  async end(signal = 'SIGTERM') {
    this.process.kill(signal);
    return within(this.ended, kPatience, 'ending', [this.out, this.err]);
  }
}

export class Server {
  #child;
  #ports = { http: '127.0.0.1:0', mqtt: '127.0.0.1:0' };

  /** `settings`: lines of madang.toml. */
  static async start(settings = '') {
    if (!existsSync(binary)) throw new Error(`there is no ${binary}; build it with tools/build release`);
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), 'madang-browser-'));
    server.data = join(server.folder, 'data');
    if (settings) {
      await mkdir(server.data);
      await writeFile(join(server.data, 'madang.toml'), settings);
    }
    await server.again();
    return server;
  }
  /** The same data on the same ports. */
  async again() {
    this.#child = new Child(['serve', '--data', this.data, '--listen', this.#ports.http, '--mqtt', this.#ports.mqtt]);
    this.address = (await this.#child.until(/^http (http:\/\/\S+)$/, 'starting the server'))[1];
    this.mqtt = (await this.#child.until(/^mqtt (\S+)$/, 'starting the server'))[1];
    await this.#child.until(/^ready$/, 'starting the server');
    this.#ports = { http: new URL(this.address).host, mqtt: this.mqtt };
  }
  async stop(signal = 'SIGTERM') {
    await this.#child.end(signal);
  }
  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
  async run(...args) {
    const { stdout } = await promisify(execFile)(binary, [...args, '--data', this.data], { timeout: kPatience });
    return stdout.trim();
  }
  /** A key for all Things. */
  async key(name) {
    return (await this.run('keys', 'create', '--name', name)).split(/\s+/).at(-1);
  }
  async get(path) {
    const response = await fetch(this.address + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}

/** The simulated city in the server that holds the data, living until it is ended. */
export async function simulate(server, ...more) {
  const child = new Child(['simulate', '--data', server.data, ...more]);
  await child.until(/^live: /, 'starting the simulated city', 1_800_000);
  return child;
}
