// The editor of a cell: CodeMirror, from modules that files.js has checked.

import { asModule } from "./files.js";

let exports; // of CodeMirror's modules, by module

// CodeMirror's modules import each other by name; these names are replaced by the addresses of
// the modules before it in the list.
async function load(/** @type {import("./files.js").Files} */ files) {
  const modules = files.list.modules;
  const sources = await Promise.all(modules.map(({ name }) => files.text(name)));
  const addresses = {}, modulesByName = {};
  for (const [k, { module }] of modules.entries()) {
    const source = sources[k].replace(/(from\s*)['"]([^'"\n]+)['"]/g, (all, from, name) =>
      addresses[name] ? `${from}"${addresses[name]}"` : all);
    addresses[module] = asModule(source);
  }
  for (const { module } of modules) modulesByName[module] = await import(addresses[module]);
  exports = modulesByName;
}

// Returns a function that creates an editor: makeEditor({parent, text, label, keys, onChange}).
export async function editorMaker(/** @type {import("./files.js").Files} */ files) {
  if (!exports) await load(files);
  const { EditorState, StateEffect, StateField } = exports["@codemirror/state"];
  const view = exports["@codemirror/view"];
  const { EditorView, Decoration } = view;
  const language = exports["@codemirror/language"];
  const { classHighlighter } = exports["@lezer/highlight"];
  const commands = exports["@codemirror/commands"];
  const { pythonLanguage } = exports["@codemirror/lang-python"];

  const setLine = StateEffect.define();
  const markedLine = StateField.define({ // the line to which a traceback points
    create: () => Decoration.none,
    update(value, transaction) {
      if (transaction.docChanged) return Decoration.none;
      for (const effect of transaction.effects) {
        if (!effect.is(setLine)) continue;
        const { lines } = transaction.state.doc;
        if (!effect.value || effect.value > lines) return Decoration.none;
        const at = transaction.state.doc.line(effect.value).from;
        return Decoration.set([Decoration.line({ class: "live-wrong-line" }).range(at)]);
      }
      return value;
    },
    provide: (field) => EditorView.decorations.from(field),
  });

  return ({ parent, text, label, keys, onChange }) => {
    const editor = new EditorView({
      parent,
      doc: text,
      extensions: [
        // The browser handles Tab, which leaves the cell.  Ctrl-] and Ctrl-[ indent.
        view.keymap.of([...keys, ...commands.historyKeymap, ...commands.defaultKeymap]),
        commands.history(),
        view.drawSelection(),
        language.indentUnit.of("    "),
        EditorView.lineWrapping,
        language.bracketMatching(),
        language.indentOnInput(),
        language.syntaxHighlighting(classHighlighter),
        pythonLanguage,
        markedLine,
        EditorState.tabSize.of(4),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => update.docChanged && onChange()),
      ],
    });
    return {
      get text() { return editor.state.doc.toString(); },
      set text(value) {
        editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
      },
      focus: () => editor.focus(),
      mark: (line) => editor.dispatch({ effects: setLine.of(line) }),
    };
  };
}
