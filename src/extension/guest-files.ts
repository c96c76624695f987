import * as vscode from 'vscode';

/** ELF files of a folder that a RISC-V machine could start, and programs that could run in them. */
export interface GuestFiles {
  readonly kernels: readonly vscode.Uri[];
  readonly programs: readonly vscode.Uri[];
}

const ramBase = 0x8000_0000n;
const riscv = 243;
const executable = 2;

/** Looks through the workspace (or one folder) for RISC-V executables; kernels are those that lie in RAM. */
export async function findGuestFiles(folder?: vscode.WorkspaceFolder): Promise<GuestFiles> {
  const pattern = '**/*{.elf,vmlinux,kernel,Image}';
  const found = await vscode.workspace.findFiles(
    folder === undefined ? pattern : new vscode.RelativePattern(folder, pattern),
    '**/node_modules/**',
    200,
  );
  const kernels: vscode.Uri[] = [];
  const programs: vscode.Uri[] = [];
  for (const uri of found.toSorted((a, b) => a.path.localeCompare(b.path))) {
    const entry = await entryOf(uri);
    if (entry !== undefined) (entry >= ramBase ? kernels : programs).push(uri);
  }
  return { kernels, programs };
}

/** Entry point of an ELF64 RISC-V executable; nothing for any other file. */
async function entryOf(uri: vscode.Uri): Promise<bigint | undefined> {
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 64 || view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 2) return undefined;
    if (view.getUint16(16, true) !== executable || view.getUint16(18, true) !== riscv) return undefined;
    return view.getBigUint64(24, true);
  } catch {
    return undefined;
  }
}
