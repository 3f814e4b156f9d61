// The editor of a cell: CodeMirror, from modules that were checked when they were loaded.

import { asModule } from "./files.js";

let parts; // what CodeMirror's modules export, by module

// CodeMirror's modules import each other by name; here each gets the addresses of those
// before it in the list.
async function load(files) {
  const modules = files.list.modules;
  const sources = await Promise.all(modules.map(({ name }) => files.text(name)));
  const addresses = {}, loaded = {};
  for (const [k, { module }] of modules.entries()) {
    const source = sources[k].replace(/(from\s*)['"]([^'"\n]+)['"]/g, (all, from, name) =>
      addresses[name] ? `${from}"${addresses[name]}"` : all);
    addresses[module] = asModule(source);
  }
  for (const { module } of modules) loaded[module] = await import(addresses[module]);
  parts = loaded;
}

// A function that puts an editor into a place: createEditor({parent, text, label, keys, onChange}).
export async function editorMaker(files) {
  if (!parts) await load(files);
  const { EditorState, StateEffect, StateField } = parts["@codemirror/state"];
  const view = parts["@codemirror/view"];
  const { EditorView, Decoration } = view;
  const language = parts["@codemirror/language"];
  const { classHighlighter } = parts["@lezer/highlight"];
  const commands = parts["@codemirror/commands"];
  const { pythonLanguage } = parts["@codemirror/lang-python"];

  const setLine = StateEffect.define();
  const marked = StateField.define({ // the line to which a traceback points
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
        // Tab is left to the browser: it leads out of the cell.  Ctrl-] and Ctrl-[ indent.
        view.keymap.of([...keys, ...commands.historyKeymap, ...commands.defaultKeymap]),
        commands.history(),
        view.drawSelection(),
        language.indentUnit.of("    "),
        EditorView.lineWrapping,
        language.bracketMatching(),
        language.indentOnInput(),
        language.syntaxHighlighting(classHighlighter),
        pythonLanguage,
        marked,
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
