/**
 * Writes the TextMate grammar of RISC-V assembly from the instruction and CSR descriptions: run it after adding
 * an instruction or a register. A test fails while the file is behind them.
 *
 *     npm run syntaxes
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { grammarText } from './grammar.ts';

writeFileSync(join(root, 'syntaxes/riscv-asm.tmLanguage.json'), grammarText());
