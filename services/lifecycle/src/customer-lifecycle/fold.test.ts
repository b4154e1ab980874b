// Which stage a merged customer stands in [WF-CM-002].
import { expect, test } from '@jest/globals';
import { comesFurther, laterOf } from './fold.ts';

const stage = (category: 'pre_customer' | 'customer' | 'post_customer', displayOrder: number) => ({ category, displayOrder });

test('a merged customer stands where the identity that came furthest stood; among equals the survivor leads', () => {
  expect(comesFurther(stage('customer', 4), stage('pre_customer', 1))).toBe(true);
  expect(comesFurther(stage('customer', 4), stage('post_customer', 6))).toBe(true);
  expect(comesFurther(stage('post_customer', 6), stage('pre_customer', 3))).toBe(true);
  expect(comesFurther(stage('post_customer', 6), stage('customer', 4))).toBe(false);
  expect(comesFurther(stage('pre_customer', 3), stage('pre_customer', 1))).toBe(true);
  expect(comesFurther(stage('pre_customer', 1), stage('pre_customer', 3))).toBe(false);
  expect(comesFurther(stage('customer', 5), stage('customer', 4))).toBe(false);
});

test('the later of two instants counts, whichever is missing', () => {
  const [early, late] = [new Date('2026-01-01T00:00:00Z'), '2026-02-01T00:00:00.000Z'];
  expect(laterOf(early, late)).toBe(late);
  expect(laterOf(late, early)).toBe(late);
  expect(laterOf(null, late)).toBe(late);
  expect(laterOf(early, null)).toBe(early.toISOString());
  expect(laterOf(null, null)).toBeNull();
});
