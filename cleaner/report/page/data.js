"use strict";
// What the page knows. The shapes are made by cleaner/report/numbers.py and content.py.

const NUMBERS = dataOf("numbers");

// Group of categories → colour; category → group.
const GROUPS = Object.keys(NUMBERS.groups);
const GROUP_OF = Object.fromEntries(
  Object.entries(NUMBERS.groups).flatMap(([group, categories]) => categories.map((one) => [one, group])));
const GROUP_NAMES = {
  article: "about the article", picture: "pictures and players", appeal: "appeals to the reader",
  advertisement: "advertising", readers: "readers and sharing", links: "links to elsewhere",
  legal: "legal and cookies", machine: "interface and code", other: "other",
};

function groupOf(category) {
  return GROUP_OF[category] || "other";
}

// Code points by category → by group, in the order of the groups.
function byGroup(categories) {
  const sums = Object.fromEntries(GROUPS.map((group) => [group, 0]));
  for (const [category, size] of Object.entries(categories)) sums[groupOf(category)] += size;
  return sums;
}

const KINDS = NUMBERS.kinds.map(([category, rule, removals, characters, documents, spared, why], number) =>
  ({number, category, rule, removals, characters, documents, spared, why}));

const DOCUMENTS = NUMBERS.documents.map((document, number) => ({...document, number,
  share: document.read ? document.removed / document.read : 0}));

const SAMPLES = dataOf("samples").map((sample, number) => ({...sample, number, kind: KINDS[sample.kind],
  document: DOCUMENTS[sample.document]}));

function partOf([name, documents, read, removed, flags, categories]) {
  return {name, documents, read, removed, flags, categories, share: read ? removed / read : 0};
}
const LANGUAGES = NUMBERS.languages.map(partOf).sort((a, b) => b.documents - a.documents);
const SITES = NUMBERS.sites.map(partOf);
const LENGTHS = NUMBERS.lengths.map(partOf);
const CHANGES = NUMBERS.changes || null;

const LANGUAGE_NAMES = new Intl.DisplayNames(["en"], {type: "language", fallback: "code"});

function languageName(code) {
  if (!code || code === "unknown") return "unknown";
  try {
    return LANGUAGE_NAMES.of(code);
  } catch {
    return code;
  }
}

// What a document is called in lists.
function documentName(document) {
  return document.title || document.name;
}

// A document as a whole: {pieces, spans, left_out, compared} or {missing}. Bundles are unpacked when they are asked for.
const unpacked = new Map();

async function documentData(document) {
  const [bundle, place] = document.place;
  if (!unpacked.has(bundle)) unpacked.set(bundle, unpack(bundle));
  const data = (await unpacked.get(bundle))[place];
  if (data.missing !== undefined) return data;
  return {...data, spans: data.spans.map(([kind, state, reason, sure]) => ({...KINDS[kind], state, reason,
    spared: state === "spared", change: state === "gained" || state === "lost" ? state : null,
    score: typeof sure === "number" ? sure : null, strength: typeof sure === "number" ? null : sure}))};
}

async function unpack(bundle) {
  const letters = atob(globalThis.document.getElementById("bundle-" + bundle).textContent);
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}
