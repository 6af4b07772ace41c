// Sets theme and language on <html> before the first paint, from what this browser remembers.
;(function () {
  var root = document.documentElement
  var theme = 'auto'
  var language = null
  try {
    theme = localStorage.getItem('servewell.theme') || 'auto'
    language = localStorage.getItem('servewell.language')
  } catch (_) {
    // storage may be forbidden: then the system decides
  }
  var dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = dark ? 'dark' : 'light'
  if (dark) root.classList.add('dark')
  if (!language) language = /^zh/i.test(navigator.language || 'zh') ? 'zh-Hans' : 'en'
  root.lang = language
})()
