/**
 * Names the language of a text by its ISO 639-1 code, such as `de`; undefined where there is nothing to tell it by,
 * such as a text of digits, which IFEval counts as right in any language.
 */
export type DetectLanguage = (text: string) => string | undefined
