/**
 * The first script of every page (app/layout.tsx renders it with the request's nonce, before any other).
 *
 * The content security policy demands Trusted Types: a string becomes a script's address or HTML only through a
 * policy. Chunks loaded on demand pass plain strings, so this `default` policy lets through exactly what the
 * bundler's loader needs: addresses of our own static files, and the empty script element React makes elements from.
 * Everything else throws, and the browser reports a violation. The text stands in a script element: it must not hold
 * that element's end tag.
 */
export const TRUSTED_TYPES_SCRIPT = `(function () {
  if (!window.trustedTypes || window.trustedTypes.defaultPolicy) return;
  window.trustedTypes.createPolicy('default', {
    createScriptURL: function (text) {
      var url = new URL(text, window.location.origin);
      if (url.origin === window.location.origin && url.pathname.indexOf('/_next/static/') === 0) return text;
      throw new TypeError('Refused script address: ' + url.pathname);
    },
    createHTML: function (text) {
      if (text === '<script><' + '/script>') return text;
      throw new TypeError('Refused HTML');
    }
  });
})();`;
