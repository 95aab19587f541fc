import styles from './course-chart.module.css';
import { type PlotPoint, pathsOf, ticksOf } from './plot.ts';

export interface CourseSeries {
  readonly look: 'main' | 'warning';
  readonly points: readonly PlotPoint[];
}

export interface CourseChartProps {
  readonly title: string;
  /** Beside the title: the value now. */
  readonly figure: string;
  /** States the finding: what the drawing shows, in words. */
  readonly caption: string;
  readonly series: readonly CourseSeries[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly gapMs: number;
  readonly times: readonly { readonly atMs: number; readonly words: string }[];
  readonly mark?: { readonly look: 'slow' | 'limit'; readonly value: number; readonly words: string };
}

/** Values over time from zero up, as they went. A drawing that stretches: words stay as large as they are. */
export function CourseChart(props: CourseChartProps) {
  const { fromMs, toMs, gapMs, mark } = props;
  const values = props.series.flatMap(({ points }) => points.map(([, value]) => value ?? 0));
  const ticks = ticksOf(Math.max(0, ...values, mark?.value ?? 0));
  const most = ticks[2];
  const down = (value: number) => `${100 - (value / most) * 100}%`;
  return (
    <figure className={styles.chart}>
      <div className={styles.head}>
        <h3>{props.title}</h3>
        <span className={styles.figure}>{props.figure}</span>
      </div>
      <div className={styles.plot} role="img" aria-label={`${props.title}: ${props.caption}`}>
        <div className={styles.field}>
          {ticks.map((tick) => (
            <div key={tick} className={styles.grid} style={{ top: down(tick) }}>
              <span className={styles.value}>{Number(tick.toPrecision(3)).toLocaleString('en-US')}</span>
            </div>
          ))}
          <svg className={styles.drawing} viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            {props.series.map(({ look, points }) => {
              const { line, area } = pathsOf(points, { fromMs, toMs, gapMs, most });
              return (
                <g key={look}>
                  <path className={styles[`${look}Area`]} d={area} />
                  <path className={`${styles.line} ${styles[look]}`} d={line} />
                </g>
              );
            })}
          </svg>
          {mark === undefined ? null : (
            <div className={`${styles.mark} ${styles[mark.look]}`} style={{ top: down(mark.value) }}>
              <span className={styles.markWords}>{mark.words}</span>
            </div>
          )}
          {props.times.map(({ atMs, words }) => (
            <span
              key={atMs}
              className={styles.time}
              style={{ left: `${((atMs - fromMs) / (toMs - fromMs)) * 100}%` }}
            >
              {words}
            </span>
          ))}
        </div>
      </div>
      <figcaption className={styles.caption}>{props.caption}</figcaption>
    </figure>
  );
}
