import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import type { Plugin } from 'vite'
// @ts-expect-error a plain script, without types on purpose
import { judgeOnly } from './dev/judge-assets.mjs'
// @ts-expect-error a plain script, without types on purpose
import { writeContexts } from './dev/contexts.mjs'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The hall answers `/stage/*` with `stage.html` and so on; in development Vite has to do the same. */
function pages(): Plugin {
  const rewrite = (url: string | undefined) => {
    const page = /^\/(stage|judge|desk)(?:\/[^.]*)?(?:\?.*)?$/.exec(url ?? '')
    return page ? `/${page[1]}.html` : url
  }
  return {
    name: 'guildhall-pages',
    configureServer: (server) => {
      server.middlewares.use((request, _response, next) => {
        request.url = rewrite(request.url)
        next()
      })
    },
    configurePreviewServer: (server) => {
      server.middlewares.use((request, _response, next) => {
        request.url = rewrite(request.url)
        next()
      })
    },
  }
}

/** Scripts, styles and pages are compressed here, once and as well as it goes, so that the hall only has to hand them out. */
function precompressed(): Plugin {
  let folder = ''
  return {
    name: 'guildhall-precompressed',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => {
      folder = config.build.outDir
    },
    closeBundle: {
      sequential: true,
      order: 'post',
      handler: () => {
        for (const name of readdirSync(here(`./${folder}`), { recursive: true, encoding: 'utf8' })) {
          if (!/\.(js|css|svg|html|webmanifest)$/.test(name)) continue
          const path = here(`./${folder}/${name}`)
          const plain = readFileSync(path)
          if (plain.length < 1024) continue
          writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }))
          writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }))
        }
      },
    },
  }
}

/** The stage's first code stands alone, and does not wait for the rest of the page: see src/stage/begin.ts. */
function firstScript(page: string): Plugin {
  return {
    name: 'guildhall-first-script',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { filename, bundle }) => {
        const chunk = Object.values(bundle ?? {}).find((each) => each.type === 'chunk' && each.name === 'begin')
        if (!filename.endsWith(`/${page}`) || chunk?.type !== 'chunk') return html
        if (chunk.imports.length > 0) throw new Error(`the stage's first script imports ${chunk.imports.join(', ')}: it has to stand alone`)
        return { html, tags: [{ tag: 'script', attrs: { type: 'module', async: true, src: `/${chunk.fileName}` }, injectTo: 'head-prepend' }] }
      },
    },
  }
}

/**
 * The stage is read on phones, over lines on which every question takes its time: its styles stand in the page itself, so that what the page
 * holds is painted before anything else has come. A page that is loaded later asks for them no more: they are named, and not fetched.
 */
function stylesInPage(page: string): Plugin {
  return {
    name: 'guildhall-styles-in-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { filename, bundle }) => {
        if (!filename.endsWith(`/${page}`) || !bundle) return html
        return html.replace(/<link rel="stylesheet"[^>]*href="\/(assets\/[^"]+\.css)"[^>]*>/g, (link, name: string) => {
          const css = bundle[name]
          return css?.type === 'asset' ? `<style>${String(css.source).trim()}</style><link rel="stylesheet" disabled href="/${name}">` : link
        })
      },
    },
  }
}

/** The fonts that the hall prints papers with, and their licence. No page names them: they lie where the program finds what it carries. */
const PAPER_FONTS = {
  'NotoSansSC-Regular.ttf': '400Regular/NotoSansSC_400Regular.ttf',
  'NotoSansSC-Bold.ttf': '700Bold/NotoSansSC_700Bold.ttf',
  'OFL.txt': 'LICENSE_FONT',
}

function paperFonts(): Plugin {
  let folder = ''
  return {
    name: 'guildhall-paper-fonts',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir
    },
    closeBundle: () => {
      mkdirSync(here(`./${folder}/fonts`), { recursive: true })
      for (const [name, source] of Object.entries(PAPER_FONTS)) {
        copyFileSync(here(`./node_modules/@expo-google-fonts/noto-sans-sc/${source}`), here(`./${folder}/fonts/${name}`))
      }
    },
  }
}

/** What the hall needs to issue and check certificates, beside its fonts. No page names it either. */
function credentialContexts(): Plugin {
  let folder = ''
  return {
    name: 'guildhall-credential-contexts',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir
    },
    closeBundle: () => writeContexts(here(`./${folder}/contexts`)),
  }
}

/** `HALL=http://127.0.0.1:PORT npm run dev` shows the screens on a running hall; otherwise the fixture answers. */
const hall = process.env['HALL'] ?? 'http://127.0.0.1:4180'
const proxy = Object.fromEntries(['/api', '/live', '/healthz'].map((path) => [path, { target: hall, changeOrigin: false }]))

export default defineConfig({
  appType: 'mpa',
  resolve: { alias: { '@shared': here('./src/shared') } },
  define: {
    __VUE_OPTIONS_API__: true,
    __VUE_PROD_DEVTOOLS__: false,
  },
  plugins: [
    vue(),
    pages(),
    firstScript('stage.html'),
    stylesInPage('stage.html'),
    precompressed(),
    paperFonts(),
    credentialContexts(),
    VitePWA({
      strategies: 'generateSW',
      filename: 'judge-sw.js',
      scope: '/judge/',
      injectRegister: false,
      manifest: false,
      workbox: {
        globPatterns: ['judge.html', 'assets/**/*.{js,css,svg,woff2}', 'icons/*', 'judge.webmanifest'],
        manifestTransforms: [judgeOnly(here('./dist/.vite/manifest.json'))],
        navigateFallback: '/judge.html',
        navigateFallbackAllowlist: [/^\/judge(\/|$)/],
        cleanupOutdatedCaches: true,
        clientsClaim: true,
      },
    }),
  ],
  // The editor completes by the schema in contract/.
  server: { host: '127.0.0.1', proxy, fs: { allow: [here('..')] } },
  preview: { host: '127.0.0.1', proxy },
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // Few files: a phone asks for six at a time, and each takes the way there and back.
      output: {
        codeSplitting: {
          groups: [
            // The front door has one page.
            { name: 'router', test: /node_modules\/vue-router\/|src\/shared\/routeFocus/, priority: 2 },
            { name: 'base', test: /node_modules\/(@vue|vue|openapi-fetch)\/|src\/shared\/|plugin-vue|preload-helper/, minShareCount: 2, priority: 1 },
          ],
        },
      },
      input: {
        portal: here('./index.html'),
        stage: here('./stage.html'),
        begin: here('./src/stage/begin.ts'),
        judge: here('./judge.html'),
        desk: here('./desk.html'),
      },
    },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts', 'dev/**/*.test.mjs'] },
})
