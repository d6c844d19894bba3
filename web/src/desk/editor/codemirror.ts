/** The editor behind SchemeText.vue. Only this file knows CodeMirror, and it is loaded with the first text that is edited. */

import { autocompletion, completionKeymap, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap, searchPanelOpen } from '@codemirror/search'
import { Compartment, EditorSelection, EditorState, Prec, type SelectionRange } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, tooltips } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { Language } from '@shared/text'
import { offerAt, type Option } from './complete'
import { TEST_IDS, type Document } from './document'

/** So soon after Esc a Tab leaves the editor. */
const LEAVES_WITHIN_MS = 2_000

export interface Mark {
  from: number
  to: number
  severity: 'error' | 'warning'
  message: string
  /** What was probably meant, and the words of the button that puts it in. */
  meant?: { word: string; title: string }
}
export interface Attributes {
  of: Document
  label: string
  /** It may be read, and not be changed. */
  readonly: boolean
  invalid: boolean
  describedBy: string
}

const lit = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--steel-text)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--moss-text)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.meta, tags.labelName], color: 'var(--amber-text)' },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: 'var(--ink-2)' },
])
/** Every colour is a token, so that light and dark need no second theme. */
const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'transparent', fontSize: 'var(--t-12)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px' },
  '.cm-content': { padding: 'var(--s1) 0', caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--ink-3)', border: '0' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--steel-soft) 45%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--steel-soft)', color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--steel) 32%, transparent)' },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--amber) 28%, transparent)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--steel-soft)', outline: '1px solid var(--steel)' },
  '.cm-tooltip': { border: '1px solid var(--line-strong)', borderRadius: 'var(--radius)', backgroundColor: 'var(--surface)', color: 'var(--ink)', boxShadow: 'var(--shadow)', fontSize: 'var(--t-12)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', maxHeight: '16em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', lineHeight: '20px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--steel-soft)', color: 'var(--ink)', boxShadow: 'inset 3px 0 var(--steel)' },
  '.cm-completionDetail': { color: 'var(--ink-2)', fontStyle: 'normal', fontFamily: 'var(--font)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-diagnostic': { padding: '6px 10px', fontFamily: 'var(--font)', fontSize: 'var(--t-14)', whiteSpace: 'pre-line' },
  '.cm-diagnostic-error': { borderLeft: '4px solid var(--accent)' },
  '.cm-diagnostic-warning': { borderLeft: '4px solid var(--amber)' },
  '.cm-diagnosticAction': { margin: '0 0 0 8px', padding: '2px 8px', border: '1px solid var(--line-strong)', borderRadius: '4px', backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: 'var(--t-14)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--accent)', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--amber)', textUnderlineOffset: '3px' },
  '.cm-lint-marker': { width: '12px', height: '12px', margin: '4px 0' },
  '.cm-lint-marker-error': { content: 'none', border: '0', borderRadius: '50%', backgroundColor: 'var(--accent)' },
  '.cm-lint-marker-warning': { content: 'none', backgroundColor: 'var(--amber)', clipPath: 'polygon(50% 0, 100% 100%, 0 100%)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)', fontFamily: 'var(--font)', fontSize: 'var(--t-14)' },
  '.cm-panels.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '6px 32px 6px 8px' },
  '.cm-panel.cm-search label': { fontSize: 'var(--t-12)' },
  '.cm-textfield': { border: '1px solid var(--line-strong)', borderRadius: '4px', backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: 'var(--t-12)' },
  '.cm-button': { border: '1px solid var(--line-strong)', borderRadius: '4px', backgroundImage: 'none', backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: 'var(--t-12)' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--ink)', fontSize: 'var(--t-16)' },
  '.cm-panel.cm-panel-lint ul [aria-selected]': { backgroundColor: 'var(--steel-soft)' },
})

/**
 * From where a match's line begins to where the match ends. Seen as one range, the line begins at the left wherever both fit in
 * the width; where they don't, it is the end, and with it the match, that is seen.
 */
export const fromLineStart = (state: EditorState, { from, to }: Pick<SelectionRange, 'from' | 'to'>) => EditorSelection.range(state.doc.lineAt(from).from, to)

/** The margin reaches over the padding of a line, so that nothing is left of where lines begin. */
const withLineStart = (state: EditorState, match: Pick<SelectionRange, 'from' | 'to'>, y: 'nearest' | 'center' = 'nearest') => EditorView.scrollIntoView(fromLineStart(state, match), { y, xMargin: 16 })
/** Sideways only, and not where it would hide what is selected; which line one has gone to stays. */
const backToLineStart = (view: EditorView) =>
  view.requestMeasure({
    read(of) {
      const end = of.coordsAtPos(of.state.selection.main.to)
      const { left, top, bottom } = of.scrollDOM.getBoundingClientRect()
      const outOfSight = end === null || end.bottom < top || end.top > bottom
      return outOfSight || end.right + of.scrollDOM.scrollLeft <= left + of.scrollDOM.clientWidth
    },
    write(fits, of) {
      if (fits) of.scrollDOM.scrollLeft = 0
    },
  })

const KINDS: Record<Option['kind'], string> = { key: 'property', word: 'enum', signal: 'variable', function: 'function', unit: 'constant', aspect: 'class', phase: 'namespace', rule: 'type' }

export function makeEditor(parent: HTMLElement, text: string, about: Attributes, language: Language, phrases: Record<string, string>, changed: (text: string) => void) {
  const [said, named] = [new Compartment(), new Compartment()]
  let spoken = language
  let told = false
  function complete(context: CompletionContext): CompletionResult | null {
    const offer = offerAt(context.state.doc.toString(), context.pos, spoken, about.of)
    // Unasked only behind a letter, or a figure that may want a unit.
    if (!offer || (!context.explicit && offer.from === context.pos)) return null
    return {
      from: offer.from,
      // In the order of the offer, where the letters fit alike.
      options: offer.options.map((option, at) => ({ label: option.label, boost: Math.max(-99, -at), type: KINDS[option.kind], detail: option.detail, ...(option.apply ? { apply: option.apply } : {}) })),
      validFor: /^[\w.µ°%/-]*$/,
    }
  }
  const attributes = (at: Attributes) =>
    [EditorState.readOnly.of(at.readonly), EditorView.contentAttributes.of({ 'aria-label': at.label, 'aria-invalid': String(at.invalid), 'aria-describedby': at.describedBy, ...(at.readonly ? { 'aria-readonly': 'true' } : {}), tabindex: '0', spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off', 'data-testid': TEST_IDS[at.of] })]
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), highlightActiveLineGutter(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine(), highlightSelectionMatches(), search({ top: false, scrollToMatch: (match, on) => withLineStart(on.state, match) }),
        autocompletion({ override: [complete], icons: false }),
        EditorState.tabSize.of(2), indentUnit.of('  '), yaml(), syntaxHighlighting(lit), look, tooltips({ position: 'fixed' }),
        // Behind Esc the next Tab leaves, whatever else Esc did: a selection that it gave up would hide it from the editor's own rule.
        Prec.highest(EditorView.domEventHandlers({
          keydown(event, view) {
            if (event.key === 'Escape') view.setTabFocusMode(LEAVES_WITHIN_MS)
            return false
          },
        })),
        keymap.of([...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
        said.of(EditorState.phrases.of(phrases)), named.of(attributes(about)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !told) changed(update.state.doc.toString())
          // What was looked for may be far to the right; who has done with it goes on reading from where lines begin.
          if (searchPanelOpen(update.startState) && !searchPanelOpen(update.state)) backToLineStart(update.view)
        }),
      ],
    }),
  })
  return {
    /** From outside: another text takes the place of this one, and can be taken back by undoing. */
    put(next: string): boolean {
      if (next === view.state.doc.toString()) return false
      told = true
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next }, selection: { anchor: 0 }, scrollIntoView: true })
      view.scrollDOM.scrollLeft = 0
      told = false
      return true
    },
    mark(marks: readonly Mark[]) {
      const within = (at: number) => Math.min(at, view.state.doc.length)
      const diagnostics = marks.map(({ from, to, severity, message, meant }): Diagnostic => ({
        from: within(from), to: within(to), severity, message,
        ...(meant ? { actions: [{ name: meant.title, apply: (on: EditorView, start: number, end: number) => on.dispatch({ changes: { from: start, to: end, insert: meant.word } }) }] } : {}),
      }))
      view.dispatch(setDiagnostics(view.state, diagnostics))
    },
    speak(next: Language, fresh: Record<string, string>) {
      spoken = next
      view.dispatch({ effects: said.reconfigure(EditorState.phrases.of(fresh)) })
    },
    describe: (at: Attributes) => view.dispatch({ effects: named.reconfigure(attributes(at)) }),
    /** Brought to the top, without taking the focus. */
    begin: (at: number) => view.dispatch({ effects: EditorView.scrollIntoView(at, { y: 'start' }) }),
    show(from: number, to: number) {
      view.dispatch({ selection: { anchor: from, head: to }, effects: withLineStart(view.state, { from, to }, 'center') })
      view.focus()
    },
    destroy: () => view.destroy(),
  }
}
export type Editor = ReturnType<typeof makeEditor>
