export { compileExpression, type ExpressionParameters } from './compile-expression'
export { ExpressionError, type ExpressionErrorCode } from './expression-error'
export { normalCdf } from './normal-cdf'
export { sigmoid } from './sigmoid'
