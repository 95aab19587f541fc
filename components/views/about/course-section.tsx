'use client';
import { useState } from 'react';
import { CourseChart } from '#components/chart/course-chart.tsx';
import { Button } from '#components/ui/button.tsx';
import { SmallTable } from '#components/ui/section.tsx';
import { formatBytes, formatCount } from '#lib/format/number.ts';
import { formatRate, formatSpan } from '#lib/format/span.ts';
import type { AboutProps } from './about-props.ts';
import styles from './about-view.module.css';
import {
  courseAxis,
  courseRows,
  delaySeries,
  delayWords,
  memorySeries,
  memoryWords,
  refusedSeries,
  requestSeries,
  requestWords,
} from './course.ts';
import { SLOW_LOOP_MS } from './verdict.ts';

const MIB = 1024 * 1024;

/** The last hour of the process, drawn or as a table. */
export function CourseSection(props: AboutProps) {
  const [isTable, setTable] = useState(false);
  return (
    <section id="course" className={styles.section} aria-labelledby="course-title" tabIndex={-1}>
      <div className={styles.head}>
        <h2 id="course-title">The last hour</h2>
        <span className={styles.remark}>
          of this process, in steps of 5 s; requests are those to this cluster
        </span>
        <span className={styles.push}>
          <Button small tone="quiet" onClick={() => setTable(!isTable)}>
            {isTable ? 'Show as charts' : 'Show as table'}
          </Button>
        </span>
      </div>
      {isTable ? <CourseTable {...props} /> : <CourseCharts {...props} />}
    </section>
  );
}

function CourseCharts({ about, time }: AboutProps) {
  const { points, figures } = about;
  const { delay, memory } = figures.console;
  const axis = courseAxis(about.nowMs, figures.console.startedMs, time.timeOf);
  const { limitBytes } = memory;
  return (
    <div className={styles.charts}>
      <CourseChart
        {...axis}
        title="Event-loop delay"
        figure={delay === null ? 'not known' : `p99 ${formatSpan(delay.p99Ms)}`}
        caption={delayWords(points, SLOW_LOOP_MS, time.timeOf)}
        series={[{ look: 'main', points: delaySeries(points) }]}
        mark={{ look: 'slow', value: SLOW_LOOP_MS, words: `called slow above ${SLOW_LOOP_MS} ms` }}
      />
      <CourseChart
        {...axis}
        title="Memory"
        figure={formatBytes(memory.residentBytes)}
        caption={memoryWords(points, time.timeOf)}
        series={[{ look: 'main', points: memorySeries(points) }]}
        mark={
          limitBytes === null
            ? undefined
            : { look: 'limit', value: limitBytes / MIB, words: `limit ${formatBytes(limitBytes)}` }
        }
      />
      <CourseChart
        {...axis}
        title="Requests to the API server"
        figure={`${formatRate(figures.requests.perSecond)} a second`}
        caption={requestWords(points, time.timeOf)}
        series={[
          { look: 'main', points: requestSeries(points) },
          { look: 'warning', points: refusedSeries(points) },
        ]}
      />
    </div>
  );
}

function CourseTable({ about, time }: AboutProps) {
  const rows = courseRows(about.points);
  if (rows.length === 0) return <p className={styles.note}>Nothing was measured yet.</p>;
  return (
    <SmallTable
      label="The last hour"
      heads={[
        { label: 'From' },
        { label: 'Worst delay', right: true },
        { label: 'Memory, highest', right: true },
        { label: 'Requests', right: true },
        { label: 'Refused with 429', right: true },
      ]}
      rows={rows.map((row) => ({
        key: String(row.fromMs),
        cells: [
          time.timeOf(row.fromMs),
          formatSpan(row.worstMs),
          formatBytes(row.bytes),
          formatCount(row.requests),
          formatCount(row.refused),
        ],
      }))}
    />
  );
}
