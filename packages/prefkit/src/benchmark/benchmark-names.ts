// By itself, since help and faults of usage must not wait for what benchmarks need.

/** What is asked of a judge, and so which tasks of a benchmark it can do; a policy answers. */
export type Ability = 'compares' | 'scores' | 'rates' | 'chooses' | 'checks' | 'answers'

/** A benchmark as a command. */
export interface BenchmarkEntry {
  /** Its name in the table of benchmarks. */
  readonly name: string
  readonly title: string
  /** Other spellings of the command. */
  readonly aliases: readonly string[]
  /** Its tasks, the usual one first, and what each takes. */
  readonly tasks: Readonly<Record<string, Ability>>
  /** What its rows hold. */
  readonly rows: string
  /** Where its data and their rules come from, and under what licence. */
  readonly origin: string
  /** Fields that are no text: in CSV they are read as JSON. */
  readonly jsonFields: readonly string[]
}

const entries = [
  {
    name: 'reward-bench',
    title: 'RewardBench',
    aliases: ['rewardbench'],
    tasks: { pairs: 'compares', scores: 'scores', ratings: 'rates' },
    rows: 'prompt, chosen, rejected, subset, id',
    origin:
      'allenai/reward-bench (the filtered split) and allenai/preference-test-sets (the prior sets) on Hugging Face, ODC-BY',
    jsonFields: ['prompt'],
  },
  {
    name: 'reward-bench-2',
    title: 'RewardBench 2',
    aliases: ['rewardbench-2', 'rewardbench2'],
    tasks: { choices: 'chooses', scores: 'scores' },
    rows: 'prompt, chosen and rejected as lists, num_correct, subset, id',
    origin: 'allenai/reward-bench-2 on Hugging Face, ODC-BY',
    jsonFields: ['prompt', 'chosen', 'rejected', 'num_correct'],
  },
  {
    name: 'rm-bench',
    title: 'RM-Bench',
    aliases: ['rmbench'],
    tasks: { pairs: 'compares', scores: 'scores' },
    rows: 'id, domain, prompt, chosen and rejected as lists of three, by style',
    origin:
      'THU-KEG/RM-Bench on GitHub (data/total_dataset.json) and Hugging Face, which says ODC-BY; the repository has no licence file',
    jsonFields: ['prompt', 'chosen', 'rejected'],
  },
  {
    name: 'llmbar',
    title: 'LLMBar',
    aliases: ['llm-bar'],
    tasks: { pairs: 'compares', scores: 'scores' },
    rows: 'input (or instruction), output_1, output_2, label (1 or 2), and subset or else the folder of the file',
    origin: 'princeton-nlp/LLMBar on GitHub (Dataset/LLMBar/**/dataset.json), MIT',
    jsonFields: ['label'],
  },
  {
    name: 'judgebench',
    title: 'JudgeBench',
    aliases: ['judge-bench'],
    tasks: { pairs: 'compares', scores: 'scores' },
    rows: 'question, response_A, response_B, label (A>B or B>A), source, pair_id',
    origin:
      'ScalerLab/JudgeBench on GitHub (data/*.jsonl) and Hugging Face, which says MIT; the repository has no licence file',
    jsonFields: [],
  },
  {
    name: 'pandalm',
    title: 'PandaLM',
    aliases: ['panda-lm'],
    tasks: { pairs: 'compares' },
    rows: 'instruction, input, response1, response2, and label_0 to label_2 or votes',
    origin: 'WeOpenML/PandaLM on GitHub (data/testset-v1.json), Apache-2.0',
    jsonFields: ['votes'],
  },
  {
    name: 'alpaca-eval',
    title: 'AlpacaEval',
    aliases: ['alpacaeval'],
    tasks: { pairs: 'compares' },
    rows: 'instruction, output_1 (the baseline), output_2 (the model), perhaps preference (1 to 2); or instruction and output, with --baseline',
    origin:
      'tatsu-lab/alpaca_eval on GitHub (results/<model>/model_outputs.json, annotations.json); the code is Apache-2.0, the data CC BY-NC 4.0',
    jsonFields: ['preference', 'instruction_difficulty'],
  },
  {
    name: 'ifeval',
    title: 'IFEval',
    aliases: ['if-eval'],
    tasks: { responses: 'answers' },
    rows: 'key, prompt, instruction_id_list, kwargs, and response unless --outcomes has the responses',
    origin:
      'google-research/google-research on GitHub (instruction_following_eval/data/input_data.jsonl), Apache-2.0',
    jsonFields: ['key', 'instruction_id_list', 'kwargs'],
  },
  {
    name: 'infobench',
    title: 'InFoBench',
    aliases: ['info-bench'],
    tasks: { checklists: 'checks' },
    rows: 'id, instruction, input, category, subset, decomposed_questions, question_label, and output: the response to check',
    origin: 'qinyiwei/InfoBench on GitHub, and kqsong/InFoBench on Hugging Face, MIT',
    jsonFields: ['decomposed_questions', 'question_label'],
  },
] as const satisfies readonly BenchmarkEntry[]

/** The name of a benchmark. */
export type BenchmarkName = (typeof entries)[number]['name']

/** The benchmarks there are commands for. */
export const benchmarkEntries: readonly (BenchmarkEntry & { readonly name: BenchmarkName })[] = entries

/** The benchmark of a name. */
export const benchmarkEntry = (name: BenchmarkName): BenchmarkEntry =>
  benchmarkEntries.find((entry) => entry.name === name)!

/** How single responses may be asked about, beside the ways to ask about pairs. */
export const scoringFormats = ['rating', 'rubric'] as const
