// Opens and denials over time: bars drawn on the server, and the same figures as a table.

import type { HourlyActivity } from '../../links/hourly-activity.ts';
import type { Viewer } from './when.tsx';

const WIDTH = 720;
const HEIGHT = 160;
/** Room for the figures of the axes. */
const LEFT = 48;
const BOTTOM = 26;
const LABELS = 4;

type Chart = { readonly buckets: readonly HourlyActivity[]; readonly viewer: Viewer };

export function ActivityChart({ buckets, viewer }: Chart) {
  const refused = buckets.map(({ denials }) => sum(denials));
  const most = Math.max(1, ...buckets.map(({ opens }, index) => opens + (refused[index] ?? 0)));
  const step = (WIDTH - LEFT) / buckets.length;
  const unit = (HEIGHT - BOTTOM - 10) / most;
  const every = Math.ceil(buckets.length / LABELS);
  return (
    <>
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label="Opens and denials over time; the table below has the same figures"
      >
        <line class="axis" x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
        <line class="axis" x1={LEFT} x2={WIDTH} y1={10} y2={10} />
        <text x={LEFT - 6} y={14} text-anchor="end">
          {most}
        </text>
        <text x={LEFT - 6} y={HEIGHT - BOTTOM + 3} text-anchor="end">
          0
        </text>
        {buckets.map(({ hour, opens }, index) => {
          const denials = refused[index] ?? 0;
          const x = round(LEFT + index * step + step * 0.15);
          const width = round(step * 0.7);
          const top = HEIGHT - BOTTOM - opens * unit;
          return (
            <>
              {opens > 0 && (
                <rect
                  class="good"
                  x={x}
                  y={round(top)}
                  width={width}
                  height={round(opens * unit)}
                />
              )}
              {denials > 0 && (
                <rect
                  class="bad"
                  x={x}
                  y={round(top - denials * unit)}
                  width={width}
                  height={round(denials * unit)}
                />
              )}
              {index % every === 0 && (
                <text x={x} y={HEIGHT - 6}>
                  {moment(hour, viewer)}
                </text>
              )}
            </>
          );
        })}
      </svg>
      <p class="legend">
        <span class="good" /> Opens <span class="bad" /> Denials
      </p>
      <details>
        <summary>The figures as a table</summary>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">Opens</th>
                <th scope="col">Denials</th>
              </tr>
            </thead>
            <tbody>
              {buckets.map(({ hour, opens }, index) => (
                <tr>
                  <td>{moment(hour, viewer)}</td>
                  <td>{opens}</td>
                  <td>{refused[index]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function moment(at: number, { timeZone }: Viewer): string {
  return new Intl.DateTimeFormat('en-GB', {
    ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', timeZone },
  }).format(at);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** A tenth of a pixel is all that can be seen. */
function round(length: number): number {
  return Math.round(length * 10) / 10;
}
