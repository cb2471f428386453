import { describe, expect, it } from 'vitest'
import { areBothOrders, pairOfItem } from './pair-of-item'

describe('pairOfItem', () => {
  it('is the same of both orders, and another of every other item', () => {
    expect(pairOfItem('7:ab')).toEqual({ pair: '7', isSwapped: false })
    expect(pairOfItem('7:ba')).toEqual({ pair: '7', isSwapped: true })
    expect(pairOfItem('7:0:1')).toEqual({ pair: '7:0:1', isSwapped: false })
    expect(pairOfItem('7')).toEqual({ pair: '7', isSwapped: false })
  })
})

describe('areBothOrders', () => {
  it('goes by the ids of items', () => {
    expect(areBothOrders([{ id: '0:ab' }, { id: '0:ba' }])).toBe(true)
    expect(areBothOrders([{ id: '0:0:0' }, { id: '0:0:1' }])).toBe(false)
  })
})
