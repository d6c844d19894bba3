/** A picture made small on the tablet: drawn anew, so that nothing of what the camera wrote beside it (place, time, device) is left. */

export const LONGEST_SIDE = 1600
/** What the hall takes at most. */
const BYTES_MOST = 2 * 1024 * 1024
const QUALITIES = [0.8, 0.6, 0.4]

export interface Small {
  body: ArrayBuffer
  width: number
  height: number
}

/** Why a file is no picture that can be sent. */
export class NoPicture extends Error {}

/** The sides of a picture when its longest is no longer than `most`. Never larger than it was. */
export function fitted(width: number, height: number, most = LONGEST_SIDE): { width: number; height: number } {
  const by = Math.min(1, most / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) }
}

export async function madeSmall(file: Blob): Promise<Small> {
  const drawn = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null)
  if (drawn === null) throw new NoPicture('it can’t be read as a picture')
  try {
    const { width, height } = fitted(drawn.width, drawn.height)
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    const pen = canvas.getContext('2d')
    if (pen === null) throw new NoPicture('there is nothing to draw on')
    // What is transparent becomes paper: JPEG knows no other.
    pen.fillStyle = '#ffffff'
    pen.fillRect(0, 0, width, height)
    pen.drawImage(drawn, 0, 0, width, height)
    for (const quality of QUALITIES) {
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality))
      if (blob !== null && blob.size <= BYTES_MOST) return { body: await blob.arrayBuffer(), width, height }
    }
    throw new NoPicture('it stays too large')
  } finally {
    drawn.close()
  }
}
