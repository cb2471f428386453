const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Text made safe for HTML content and quoted attributes. Control characters (save tab and newline) and halves of
 * surrogate pairs, which no HTML file may hold, become U+FFFD; line ends become \n.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\p{Cs}|[^\P{Cc}\t\n]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

/**
 * The first `limit` characters of a text and how many more there were; never half a surrogate pair.
 *
 * @param limit UTF-16 units kept at most
 */
export function truncateText(text: string, limit: number): { text: string; hidden: number } {
  if (text.length <= limit) return { text, hidden: 0 }
  const last = text.charCodeAt(limit - 1)
  const end = last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit
  return { text: text.slice(0, end), hidden: text.length - end }
}
