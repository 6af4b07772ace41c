import { beforeAll, describe, expect, it } from 'vitest'

import { Problem, asProblem, problemFrom } from '@/api/problem'
import { setLanguage } from '@/i18n'

import { sayProblem } from './say-problem'

beforeAll(() => setLanguage('zh-Hans'))

describe('a problem', () => {
  it("is told in the server's own sentence", () => {
    const problem = problemFrom({ type: '/errors/insight-empty-file', title: '文件是空的。请换一个文件。', status: 422 }, 422)
    expect(sayProblem(problem)).toBe('文件是空的。请换一个文件。')
  })
  it.each([
    [new Problem('client:unreachable', '', 0), '连不上服务器'],
    [problemFrom(null, 403), '角色'],
    [problemFrom(null, 404), '没有内容'],
    [problemFrom(null, 413), '压缩'],
    [problemFrom(null, 429, '7'), '7 秒'],
    [problemFrom('<html>', 502), '服务器出了差错'],
    [problemFrom({}, 418), '418'],
    [asProblem(new Error('x is undefined')), '重新载入'], // a fault of ours never shows its own words
    [new Problem('auth:username_password_mismatch', 'The username …', 400), '用户名或密码不对'],
    [new Problem('auth:something_new', 'Said by the server.', 400), 'Said by the server.'],
  ])('%s is told in words', (problem, words) => {
    expect(sayProblem(problem)).toContain(words)
  })
  it('is told in the language on screen', async () => {
    await setLanguage('en')
    expect(sayProblem(new Problem('client:unreachable', '', 0))).toContain('cannot be reached')
  })
})
