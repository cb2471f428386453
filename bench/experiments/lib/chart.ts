import { type ChartOptions, drawChart } from '../../../packages/prefkit/src/report/draw-chart.ts'

/** The variables that a report's style sheet has, as the picture stands alone. */
const style = `<style>
svg { background: #ffffff; color: #1d2126; font: 11.5px system-ui, sans-serif; --plot-background: #ffffff;
  --series-1: #1f66b5; --series-2: #cc5a1e; --series-3: #22845c; --series-4: #8545b0; --series-5: #b52f5c; --series-6: #77691a; }
</style>`

/** A chart of the report as a file of its own. */
export function chartFile(options: ChartOptions): string {
  const svg = drawChart({ width: 560, height: 320, marginRight: 110, ...options })
  const named = svg.includes('xmlns=')
    ? svg
    : svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
  return `${named.replace(/<svg [^>]*>/, (tag) => `${tag}${style}`)}\n`
}

/** The colour of the n-th arm. */
export const colour = (index: number): string => `var(--series-${(index % 6) + 1})`
