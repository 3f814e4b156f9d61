// What TypeScript's checker has to know of the scripts (tests/web/test_scripts.py).  No script loads
// this file, and the site does not have it.

// --- Messages.  Each has the keys of one of several forms, and no others.

type KeyOf<Forms> = Forms extends unknown ? keyof Forms : never;
type OneOf<Forms, Keys extends PropertyKey = KeyOf<Forms>> = Forms extends unknown
  ? Forms & { [Key in Exclude<Keys, keyof Forms>]?: never }
  : never;

/** What the page tells the worker that runs Python (live/worker.js); cells have numbers from 1. */
type ToPython = OneOf<
  | { start: { modules: string[]; interrupt: Uint8Array | null; afresh: boolean } }
  | { run: number; code: string }
  | { cells: string[] }
  | { stop: number }
  | { prepare: string[]; mayLoad: boolean }
  | { remember: true }
>;

/** What that worker tells the page (live/page.js). */
type FromPython = OneOf<
  | { progress: string; received?: number; total?: number }
  | { ready: true }
  | { remaining: boolean }
  | { remembered: true }
  | { needs: string[] }
  | { begun: number }
  | { output: CellOutput }
  | { end: number; success: boolean }
  | { failure: string }
>;

/** What a cell shows, as live/kernel.py sends it. */
type CellOutput = OneOf<
  | { kind: "stream"; name: "stdout" | "stderr"; text: string }
  | { kind: "display"; data: Record<string, string> }
  | { kind: "error"; text: string; cell?: number; line?: number }
  | { kind: "notice"; text: string }
  | { kind: "clear" }
>;

/** What a tab keeps of a cell that has run (live/page.js). */
interface KeptOutput {
  shown: CellOutput[];
  /** Whether the code was the reader's own. */
  changed: boolean;
  success: boolean;
  /** When it ended, in milliseconds: cells run again in this order. */
  time: number;
}

interface PythonWorker extends Worker {
  postMessage(message: ToPython): void;
}

/** What a page asks the service worker (offline/service-worker.js). */
interface ToKeeper {
  begin?: true;
  keep?: "begin" | "on";
  addresses?: string[];
  forget?: true;
}

/** What the service worker answers: what it keeps, or that something went wrong. */
interface FromKeeper {
  bytes?: number;
  /** Of the snapshot of Python, as offline.js adds it. */
  memory?: number;
  size?: number;
  whole?: boolean;
  complete?: boolean;
  loading?: boolean;
  problem?: string;
}

interface AskPort extends MessagePort {
  postMessage(message: FromKeeper): void;
}

interface KeeperEvent extends MessageEvent<ToKeeper> {
  readonly ports: readonly AskPort[];
}

// --- Files that the build writes

/** _static/live/files.json, by live/extension.py. */
interface LiveFiles {
  files: Record<string, { path: string; size: number; sha256: string; packed: boolean }>;
  own: string[];
  packages: Record<string, { file_name: string; depends: string[]; imports: string[] }>;
  modules: { module: string; name: string }[];
}

/** book-files.json, by offline/extension.py: for each name the size and the SHA-256. */
interface BookFiles {
  version: string;
  files: Record<string, [number, string]>;
}

// --- What the service worker keeps

/** A version of the book. */
interface Version {
  version: string;
  files: BookFiles["files"];
  cache: Cache;
}

/** What the service worker notes of the versions, by their names. */
interface KeeperState {
  current: string;
  next?: string;
  ready?: boolean;
  whole?: boolean;
  complete?: boolean;
}

/** What pages are shown from. */
interface KeeperView {
  current: Version;
  online: Promise<Version | null>;
  first: Version;
}

// --- Explorables (code/backprop/explore): what the modules of figures have from those they share

type Network = import("../code/backprop/explore/engine.js").Network;
type Facts = import("../code/backprop/explore/panels.js").Facts;
type Host = import("../code/backprop/explore/parts.js").Host;
type Stage<State extends object> = import("../code/backprop/explore/parts.js").Stage<State>;

/** The attributes of a host element (data-module and so on), by explore/extension.py. */
interface ExplorableData {
  module: string;
  key: string;
  /** A figure's State, as JSON. */
  state: string;
  /** There, but empty, where a page shows the figure without its tables. */
  small?: string;
  /** Once the figure has been drawn. */
  ready?: string;
}

// --- What a selector finds can be any element.

interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}

// --- What other scripts define, and what browsers have that the standard library of types has not.

interface Window {
  MathJax?: any;
  /** Of tests/site/browser.js. */
  visited: { element: any; shown: boolean; order: boolean }[];
  /** Of a service worker. */
  registration: ServiceWorkerRegistration;
  clients: any;
  skipWaiting(): Promise<void>;
}
interface Navigator {
  connection?: { saveData?: boolean };
  deviceMemory?: number;
}
interface Event {
  waitUntil?(work: Promise<unknown>): void;
}
interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WindowEventMap {
  fetch: FetchEvent;
}
/** The history of a tab, in browsers that show it. */
declare const navigation: {
  currentEntry: { index: number };
  entries(): { url: string | null; key: string; index: number }[];
  traverseTo(key: string): { committed: Promise<unknown>; finished: Promise<unknown> };
} | undefined;
declare function importScripts(...addresses: string[]): void;
declare const HTMLCS: any; // HTML_CodeSniffer, of tests/site/browser.js
declare const axe: any; // of tests/site/faults.js
declare const MathJax: any;
declare const parts: any; // of static/parts.js
declare const Search: any;
declare const Reveal: any; // reveal.js and its notes, of the slides
declare const RevealNotes: any;
