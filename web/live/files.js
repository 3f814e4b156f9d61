// Loads the files of the live cells, refuses those that differ from the site's list (files.json,
// written when the site was built), and unpacks those that are packed (pack.py says why they are).
// Error messages are meant for the reader.

const { say } = globalThis.words;
const TIMEOUT = 30000; // milliseconds without a byte

export class Files {
  /** @type {LiveFiles} */
  list;

  /**
   * @param {string} base  the folder of this file on the site
   * @param {(received: number, total: number) => void} [onProgress]  gets numbers of bytes
   */
  constructor(base, onProgress = () => {}) {
    this.base = base;
    this.onProgress = onProgress;
    /** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} */
    this.promises = new Map();
    this.received = this.total = 0;
  }

  async open() {
    let response;
    try {
      response = await inTime(fetch(new URL("files.json", this.base), { cache: "no-cache" }));
    } catch {
      throw new Error(
        say("The server of this book, from which Python is loaded, cannot be reached."));
    }
    try {
      this.list = response.ok && await inTime(response.json());
    } catch { /* reported below */ }
    if (!this.list?.files) {
      throw new Error(say(
        "The list of the files that run Python (files.json) is missing on the server or damaged."));
    }
    return this;
  }

  address(name) {
    const entry = this.list.files[name];
    if (!entry) throw new Error(say("The file {name} is not on this site.", { name }));
    // The query keeps an old copy in the browser's cache from being taken for a new one.
    return new URL(`${entry.path}?${entry.sha256.slice(0, 12)}`, this.base).href;
  }

  // The bytes of a file, unpacked, loaded once; after an error, the next call tries again.
  load(name) {
    if (!this.promises.has(name)) {
      const promise = this.read(name);
      promise.catch(() => this.promises.delete(name));
      this.promises.set(name, promise);
    }
    return this.promises.get(name);
  }

  // Frees the bytes of files.
  release(names) {
    names.forEach((name) => this.promises.delete(name));
  }

  // The hash by which the browser checks a file that it fetches, packed as it is.
  integrity(name) {
    const bytes = this.list.files[name].sha256.match(/../g).map((pair) => parseInt(pair, 16));
    return `sha256-${btoa(String.fromCharCode(...bytes))}`;
  }

  async text(name) {
    return new TextDecoder().decode(await this.load(name));
  }

  async read(name) {
    const url = this.address(name);
    const { size, sha256, packed } = this.list.files[name];
    if (packed && !globalThis.DecompressionStream) {
      throw new Error(say("This browser is too old to run Python here: " +
        "it lacks DecompressionStream, which browsers have had since 2023."));
    }
    this.total += size;
    let response, bytes;
    try {
      response = await inTime(fetch(url));
      if (response.ok) bytes = await this.receive(response, size);
    } catch {
      throw new Error(
        say("The file {name} could not be loaded: the server cannot be reached.", { name }));
    }
    if (!bytes) {
      throw new Error(say("The file {name} is missing on the server (status {status}).",
        { name, status: response.status }));
    }
    if (bytes.length !== size || !(await this.matches(name, bytes, sha256, url))) {
      throw new Error(say("The file {name} on the server is damaged or was changed: " +
        "it has {length} bytes, and should have {size} with SHA-256 {hash}…",
        { name, length: bytes.length, size, hash: sha256.slice(0, 12) }));
    }
    return packed ? unpack(bytes) : bytes;
  }

  async receive(response, size) {
    const parts = [], reader = response.body.getReader();
    let length = 0;
    for (;;) {
      const { done, value } = await inTime(reader.read());
      if (done) break;
      parts.push(value);
      length += value.length;
      this.received += value.length;
      if (length > size) break; // it will be refused
      this.onProgress(this.received, this.total);
    }
    const bytes = new Uint8Array(length);
    parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    return bytes;
  }

  // Whether the bytes have this SHA-256.  On pages from neither https nor this computer, the
  // browser computes no hashes for scripts, but still checks the files that it fetches.
  async matches(name, bytes, sha256, url) {
    if (globalThis.crypto?.subtle) {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return sha256 === Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    }
    /** @type {RequestInit} */
    const options = { integrity: this.integrity(name), cache: "force-cache" };
    return fetch(url, options).then(() => true, () => false);
  }
}

/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
export function inTime(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("timeout")), TIMEOUT);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The address of a module in memory, for import().
export function asModule(source) {
  return URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
}
