/** A name in the lines of a small space. Pure, and without a canvas: widths are those of the type's em, a little on the safe side. */

/** In ems: Chinese characters fill one, Latin letters about half. */
const widthOf = (text: string) => [...text].reduce((sum, sign) => sum + (/[\u2e80-\uffef…]/.test(sign) ? 1 : /[A-Z%&@mwMW]/.test(sign) ? 0.78 : 0.56), 0)

/** Where a line may break: before each Chinese character that is no closing sign, and between words. */
const pieces = (text: string) => text.match(/[\u2e80-\uffef][，。、；：！？）》”’]*|[^\s\u2e80-\uffef]+\s*|\s+/gu) ?? []

/** At most `most` lines of at most `ems`; what is left out is shown by an ellipsis. */
export function linesOf(name: string, ems: number, most: number): string[] {
  const lines: string[] = []
  let line = ''
  const end = () => {
    if (line.trim() !== '') lines.push(line.trimEnd())
    line = ''
  }
  for (const piece of pieces(name.trim())) {
    if (line !== '' && widthOf((line + piece).trimEnd()) > ems) end()
    // A word that is longer than a line goes on in the next.
    for (const sign of widthOf(piece.trimEnd()) > ems ? piece : [piece]) {
      if (line !== '' && widthOf((line + sign).trimEnd()) > ems) end()
      line += sign
    }
  }
  end()
  if (lines.length <= most) return lines
  let last = lines[most - 1] ?? ''
  while (last !== '' && widthOf(`${last}…`) > ems) last = last.slice(0, -1).trimEnd()
  return [...lines.slice(0, most - 1), `${last}…`]
}
