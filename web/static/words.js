// Sentences of the site's scripts in the language of the book.  English stands in the scripts; for a
// book in another language the build adds its catalogue at the end of this file (web/words.py).
globalThis.words = {
  language: "en",
  texts: {}, // what there is for a sentence in English: text, or its forms by category of number

  // The sentence, with values in the places of their names in braces.
  say(text, values = {}) {
    return words.fill(words.texts[text] ?? text, values);
  },

  // The sentence for a number: the first for one thing, the second for several.
  count(number, one, several, values = {}) {
    const forms = words.texts[one] ?? { one, other: several };
    const category = new Intl.PluralRules(words.language).select(number);
    return words.fill(forms[category] ?? forms.other, { number, ...values });
  },

  fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
  },
};
