// Loads the files that live cells are made of, and takes none that is not what the site's list
// (files.json, written when the site was built) says: each error has words for the reader.

const SILENCE = 30000; // milliseconds without a byte after which we stop waiting

export class Files {
  // base: the folder of this file on the site; onProgress(bytes done, bytes asked for).
  constructor(base, onProgress = () => {}) {
    this.base = base;
    this.onProgress = onProgress;
    this.loading = new Map();
    this.done = this.asked = 0;
  }

  async open() {
    let response;
    try {
      response = await inTime(fetch(new URL("files.json", this.base), { cache: "no-cache" }));
    } catch {
      throw new Error("The server of this book cannot be reached: Python comes from there.");
    }
    try {
      this.list = response.ok && await inTime(response.json());
    } catch { /* said below */ }
    if (!this.list?.files) {
      throw new Error(
        "The list of the files that run Python (files.json) is missing on the server or damaged.");
    }
    return this;
  }

  address(name) {
    const entry = this.list.files[name];
    if (!entry) throw new Error(`The file ${name} is not on this site.`);
    // The query keeps an old copy in the browser's cache from being taken for a new one.
    return new URL(`${entry.path}?${entry.sha256.slice(0, 12)}`, this.base).href;
  }

  // The bytes of a file, loaded once; after an error, the next call tries again.
  load(name) {
    if (!this.loading.has(name)) {
      const loading = this.read(name);
      loading.catch(() => this.loading.delete(name));
      this.loading.set(name, loading);
    }
    return this.loading.get(name);
  }

  // The bytes are not needed any more.
  release(names) {
    names.forEach((name) => this.loading.delete(name));
  }

  // What the browser is to check a file by, when it fetches it.
  integrity(name) {
    const bytes = this.list.files[name].sha256.match(/../g).map((pair) => parseInt(pair, 16));
    return `sha256-${btoa(String.fromCharCode(...bytes))}`;
  }

  async text(name) {
    return new TextDecoder().decode(await this.load(name));
  }

  async read(name) {
    const url = this.address(name);
    const { size, sha256 } = this.list.files[name];
    this.asked += size;
    let response, bytes;
    try {
      response = await inTime(fetch(url));
      if (response.ok) bytes = await this.receive(response, size);
    } catch {
      throw new Error(`The file ${name} did not arrive: the server cannot be reached.`);
    }
    if (!bytes) {
      throw new Error(`The file ${name} is missing on the server (status ${response.status}).`);
    }
    if (bytes.length !== size || !(await this.same(name, bytes, sha256, url))) {
      throw new Error(
        `The file ${name} on the server is damaged or was changed: ` +
        `it has ${bytes.length} bytes, and should have ${size} with SHA-256 ${sha256.slice(0, 12)}…`);
    }
    return bytes;
  }

  async receive(response, size) {
    const parts = [], reader = response.body.getReader();
    let length = 0;
    for (;;) {
      const { done, value } = await inTime(reader.read());
      if (done) break;
      parts.push(value);
      length += value.length;
      this.done += value.length;
      if (length > size) break; // it is refused anyway
      this.onProgress(this.done, this.asked);
    }
    const bytes = new Uint8Array(length);
    parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    return bytes;
  }

  // Whether the bytes have a SHA-256.  Where the page is not from https or this computer, the
  // browser gives no hashes, but still checks those of what it fetches.
  async same(name, bytes, sha256, url) {
    if (globalThis.crypto?.subtle) {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return sha256 === Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    }
    const options = { integrity: this.integrity(name), cache: "force-cache" };
    return fetch(url, options).then(() => true, () => false);
  }
}

export function inTime(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("silence")), SILENCE);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}


// A module's address in memory, for import().
export function asModule(source) {
  return URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
}
