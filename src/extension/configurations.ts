import * as vscode from 'vscode';
import { validateLaunch } from '../protocol/launch.ts';
import { findGuestFiles, type GuestFiles } from './guest-files.ts';
import { debugType } from './sessions.ts';

/** Launch configurations: F5 without launch.json finds the guest of the folder by itself. */
export class Configurations implements vscode.DebugConfigurationProvider {
  async provideDebugConfigurations(folder?: vscode.WorkspaceFolder): Promise<vscode.DebugConfiguration[]> {
    const files = await findGuestFiles(folder);
    return files.kernels.map((kernel) => configurationFor(kernel, files, folder));
  }

  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined | null> {
    const isEmpty = configuration.type === '' || configuration.type === undefined;
    if (!isEmpty && (configuration['image'] !== undefined || configuration['guests'] !== undefined))
      return configuration;
    return this.#choose(folder ?? vscode.workspace.workspaceFolders?.[0]);
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const result = validateLaunch(configuration);
    if (result.ok) return configuration;
    await vscode.window.showErrorMessage(`Strata cannot launch "${configuration.name}"`, {
      modal: true,
      detail: result.problems.join('\n'),
    });
    return undefined;
  }

  async #choose(
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<vscode.DebugConfiguration | undefined | null> {
    const files = await findGuestFiles(folder);
    const [first, ...others] = files.kernels;
    if (first === undefined) {
      const answer = await vscode.window.showErrorMessage(
        'There is no guest in this folder',
        {
          modal: true,
          detail:
            'No RISC-V kernel was found: an ELF file that lies at 0x80000000 or above. ' +
            'Build one, or name it as "image" in launch.json.',
        },
        'Open launch.json',
      );
      // null: VS Code opens launch.json.
      return answer === undefined ? undefined : null;
    }
    if (others.length === 0) return configurationFor(first, files, folder);
    const picked = await vscode.window.showQuickPick(
      files.kernels.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
      { title: 'Which guest shall be started?' },
    );
    return picked && configurationFor(picked.uri, files, folder);
  }
}

function configurationFor(
  kernel: vscode.Uri,
  files: GuestFiles,
  folder: vscode.WorkspaceFolder | undefined,
): vscode.DebugConfiguration {
  const pathOf = (uri: vscode.Uri): string =>
    folder === undefined ? uri.fsPath : `\${workspaceFolder}/${vscode.workspace.asRelativePath(uri, false)}`;
  const near = files.programs.filter((program) => commonDepth(program, kernel) >= depth(kernel) - 1);
  return {
    type: debugType,
    request: 'launch',
    name: `Debug ${kernel.path.split('/').at(-1) ?? 'guest'}`,
    image: pathOf(kernel),
    ...(near.length === 0 ? {} : { programs: near.map(pathOf) }),
  };
}

/** Folders that two files share: programs of another kernel's folder are not this guest's. */
function commonDepth(a: vscode.Uri, b: vscode.Uri): number {
  const left = a.path.split('/').slice(0, -1);
  const right = b.path.split('/').slice(0, -1);
  const differs = left.findIndex((name, index) => name !== right[index]);
  return differs === -1 ? left.length : differs;
}

function depth(uri: vscode.Uri): number {
  return uri.path.split('/').length - 1;
}
