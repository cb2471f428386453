// The taste of the demo's annotators, who are simulated: they like warm stories. A reward for `type: function` of a run's
// configuration; copy it, and change what is liked.

/** Words of one kind, of which a story gets a point for the first: saying a thing again makes no story warmer. */
const warm = [
  'happy happily happier',
  'smile smiled smiling smiles',
  'laugh laughed laughing',
  'love loved loves loving',
  'hug hugged hugs',
  'kind',
  'nice',
  'fun',
  'friend friends',
  'help helped helps helping helpful',
  'share shared sharing',
  'thank thanked thanks',
  'excited',
  'proud',
  'good',
  'best',
  'beautiful',
  'together',
  'glad',
  'sweet',
  'joy',
  'safe',
  'enjoy enjoyed',
  'favorite',
  'yummy',
  'wonderful',
  'liked',
]

/** Words that cost a point in the same way. */
const sad = [
  'sad sadly',
  'cry cried crying',
  'scared scary',
  'afraid',
  'angry',
  'mad',
  'hurt',
  'lost',
  'bad',
  'mean',
  'upset',
  'dark',
  'alone',
  'broke broken',
  'worried',
  'hungry',
  'fell',
  'sick',
  'tired',
  "not didn't couldn't",
  'loud',
  'never',
]

/** Points that a story loses where it says nothing but the same two words. */
const repetitionPenalty = 10

const kindsOf = (kinds) => new Map(kinds.flatMap((kind) => kind.split(' ').map((word) => [word, kind])))
const [warmKinds, sadKinds] = [kindsOf(warm), kindsOf(sad)]

const distinct = (words, kinds) =>
  new Set(words.map((word) => kinds.get(word)).filter((kind) => kind !== undefined)).size

/** Share of the pairs of neighbouring words that were there before. */
function repetition(words) {
  const pairs = words.slice(1).map((word, i) => `${words[i]} ${word}`)
  return pairs.length === 0 ? 0 : 1 - new Set(pairs).size / pairs.length
}

/** Kinds of warm words less kinds of sad ones, less 10 times the share of what is said again. */
export function warmStory({ text }) {
  const words = text.toLowerCase().match(/[a-z']+/g) ?? []
  return distinct(words, warmKinds) - distinct(words, sadKinds) - repetitionPenalty * repetition(words)
}
