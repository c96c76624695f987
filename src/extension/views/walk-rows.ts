import type { WalkStageView, WalkView } from '../../protocol/views.ts';
import type { Row } from './asking-tree.ts';

/** One walk: the verdict first, then each stage with its levels. */
export function walkRows(walk: WalkView): readonly Row[] {
  const { result } = walk;
  const mapped = result.kind === 'mapped';
  return [
    {
      id: 'verdict',
      label: `${walk.address} (${walk.access})`,
      description: mapped ? `→ hpa ${result.hpa}` : result.trap,
      tooltip: walk.verdict,
      icon: mapped ? 'pass' : 'error',
      open: true,
      children: [
        { id: 'why', label: 'Why', description: walk.verdict },
        { id: 'mode', label: 'Mode', description: walk.mode },
        ...(mapped
          ? [
              ...(result.gpa === undefined ? [] : [{ id: 'gpa', label: 'gpa', description: result.gpa }]),
              {
                id: 'hpa',
                label: 'hpa',
                description: result.hpa,
                context: 'memory',
                memoryReference: `hpa:${result.hpa}`,
              },
              { id: 'ownerOf', label: 'Owner', description: result.owner },
            ]
          : [{ id: 'to', label: 'Goes to', description: result.to }]),
      ],
    },
    ...walk.stages.map(stageRow),
  ];
}

function stageRow(stage: WalkStageView, index: number): Row {
  const id = `stage:${index}`;
  return {
    id,
    label: `${stage.stage} (${stage.scheme})`,
    description: `${stage.input} → ${stage.output ?? 'fault'} · ${stage.purpose}`,
    tooltip: `Root ${stage.root}. ${stage.purpose}.`,
    icon: 'list-tree',
    open: stage.purpose === 'final address' || stage.stage !== 'G-stage',
    children: stage.levels.map((level) => ({
      id: `${id}:${level.level}`,
      label: `level ${level.level} [${level.index}]`,
      description: [level.value, level.flags, level.kind, level.note].filter(Boolean).join(' · '),
      tooltip: `Entry at ${level.address}`,
    })),
  };
}
