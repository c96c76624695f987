import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import { macroInstructions, pseudoInstructions } from '../../src/isa/pseudo-instructions.ts';

/** A group of mnemonics under one scope, `keyword.mnemonic.<scope>`: an alternation of a regular expression. */
export interface MnemonicGroup {
  readonly scope: string;
  readonly pattern: string;
}

/** All mnemonics that the grammar knows: those of the ISA's description first, then what GNU as adds to them. */
export function mnemonicGroups(): readonly MnemonicGroup[] {
  const byScope = new Map<string, string[]>();
  const pseudo = [...pseudoInstructions, ...macroInstructions];
  const described = [
    ...allInstructions,
    ...allCompressed,
    ...pseudo.map(({ mnemonic }) => ({ mnemonic, extension: 'pseudo' })),
  ];
  for (const { extension, mnemonic } of described) {
    const scope = extension.toLowerCase();
    byScope.set(scope, [...(byScope.get(scope) ?? []), ...spellings(mnemonic)]);
  }
  const groups = [...byScope].map(([scope, mnemonics]) => ({ scope, pattern: anyOf(mnemonics) }));
  return [...groups, ...undescribed];
}

/** One of the words, the longest first: an alternation takes the first that fits. */
export function anyOf(words: readonly string[]): string {
  const unique = [...new Set(words)].toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return unique.map((word) => word.replaceAll('.', '\\.')).join('|');
}

/** Atomics are written with an ordering suffix too. */
function spellings(mnemonic: string): readonly string[] {
  const isAtomic = /^(amo|lr\.|sc\.)/.test(mnemonic);
  return isAtomic ? ['', '.aq', '.rl', '.aqrl'].map((ordering) => mnemonic + ordering) : [mnemonic];
}

/** What Strata's machine lacks but people's sources use: extensions, and pseudo-instructions of the assembler. */
const undescribed: readonly MnemonicGroup[] = [
  {
    scope: 'pseudo',
    pattern: [
      'lga|jump|zext\\.[hw]|sext\\.[bh]|sgtu?|bgtu?|bleu?|rdcycleh|rdtimeh|rdinstreth|sbreak|scall',
      'frcsr|fscsr|frrm|fsrmi?|frflags|fsflagsi?',
    ].join('|'),
  },
  {
    scope: 'float',
    pattern: [
      'f(?:add|sub|mul|div|sqrt|min|max|eq|lt|le|gt|ge|class|mv|neg|abs|madd|msub|nmadd|nmsub|sgnj[nx]?)\\.[shdq]',
      'fcvt(?:mod)?\\.[a-z]+\\.[a-z]+|fmvh?\\.[xwhd]\\.[xwhd]|fl[hwdq]|fs[hwdq]|c\\.fl[wd](?:sp)?|c\\.fs[wd](?:sp)?',
      'fli\\.[shdq]|fround(?:nx)?\\.[shdq]|fmin?m\\.[shdq]|fmaxm\\.[shdq]',
    ].join('|'),
  },
  {
    scope: 'bit-manipulation',
    pattern: [
      'sh[123]add(?:\\.uw)?|add\\.uw|slli\\.uw|andn|orn|xnor|clzw?|ctzw?|cpopw?|maxu?|minu?|orc\\.b|rev8|brev8',
      'rolw?|rori?w?|bclri?|bexti?|binvi?|bseti?|clmul[hr]?|packh?w?|zip|unzip|xperm[48]',
    ].join('|'),
  },
  {
    scope: 'other-extension',
    pattern: [
      'czero\\.(?:eqz|nez)|cbo\\.(?:clean|flush|inval|zero)|prefetch\\.[irw]|sinval\\.vma|hinval\\.[vg]vma|mnret|sctrclr',
      'sfence\\.(?:w\\.inval|inval\\.ir)|wrs\\.[ns]to|amocas\\.[wdq](?:\\.(?:aq|rl|aqrl))?|c\\.(?:lbu|lhu?|sb|sh|not|mul|[sz]ext\\.[bhw])|cm\\.[a-z0-9]+',
      'mop\\.rr?\\.[0-9]+|sspush|sspopchk|ssrdp|lpad|aes[0-9a-z]+|sha(?:256|512)[a-z0-9]+|sm[34][a-z0-9]+',
    ].join('|'),
  },
  { scope: 'vector', pattern: 'v[a-z0-9]+(?:\\.[a-z0-9]+)*' },
];
