import { malformed } from './malformed.ts';

/** The deepest request of the API nests eight levels. */
const DEPTH_MAX = 24;
/** Tags, comments and CDATA sections. A batch at its limits, a thousand changes of one record each, has some 25,000 tags. */
const MARKS_MAX = 2 ** 17;
/** `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` is the longest that makes sense. */
const DECLARATION_CHARACTERS_MAX = 128;

/**
 * Goes through a document's markup once, before the parser does: whatever it lets through, the parser reads in time that
 * grows with the text. Throws `AwsError` for a tag that does not end, for a document type declaration (no request of the API has one;
 * that closes entity expansion and external entities at once), for a processing instruction, and for more or deeper elements than
 * any request has.
 */
export function checkMarkup(text: string): void {
  let depth = 0;
  let marks = 0;
  for (let at = text.indexOf('<'), end = 0; at >= 0; at = text.indexOf('<', end)) {
    if (text.startsWith('<!--', at)) end = endOf(text, '-->', at + 4);
    else if (text.startsWith('<![CDATA[', at)) end = endOf(text, ']]>', at + 9);
    else if (text.startsWith('<!', at)) throw malformed('a document type declaration is not allowed');
    else if (text.startsWith('<?', at)) {
      end = endOf(text, '?>', at + 2);
      if (at > 0 || end > DECLARATION_CHARACTERS_MAX) throw malformed('a processing instruction is not allowed');
    } else {
      end = tagEnd(text, at + 1);
      if (text[at + 1] === '/') depth -= 1;
      else if (text[end - 2] !== '/') depth += 1;
      if (depth > DEPTH_MAX) throw malformed(`elements nested deeper than ${DEPTH_MAX}`);
    }
    marks += 1;
    if (marks > MARKS_MAX) throw malformed(`more than ${MARKS_MAX} tags, comments and CDATA sections`);
  }
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  if (at < 0) throw malformed('the markup does not end');
  return at + mark.length;
}

/** Behind the `>` of a tag; one in a quoted attribute does not count, and `<` may be in no tag (XML 1.0 §3.1). */
function tagEnd(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === '<') break;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  throw malformed('a tag is not closed');
}
