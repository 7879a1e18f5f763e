(() => {
  const page = document, root = page.documentElement;
  const field = () => page.getElementById('search');
  const asked = () => new URLSearchParams(location.search).get('q') || '';
  const isSearch = () => location.pathname === '/search';
  let waiting;
  const go = () => {
    clearTimeout(waiting);
    const words = field().value.trim();
    if (isSearch() ? words === asked() : !words) return;
    const link = page.createElement('a');
    link.href = '/search?q=' + encodeURIComponent(words);
    // One entry in the history for a search, however often it is changed.
    link.replace = isSearch();
    page.body.append(link);
    link.click();
    link.remove();
  };
  const typed = (event) => {
    if (event.target !== field() || event.isComposing || !('awake' in root.dataset)) return;
    clearTimeout(waiting);
    waiting = setTimeout(go, 200);
  };
  page.addEventListener('input', typed);
  page.addEventListener('compositionend', typed);
  page.addEventListener('submit', (event) => {
    if (!event.target.contains(field()) || !('awake' in root.dataset)) return;
    event.preventDefault();
    go();
  });
  page.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input, textarea, select, dialog[open], [contenteditable]')) return;
    event.preventDefault();
    field().focus();
    field().select();
  });
  const mark = (places) => {
    const here = places.dataset.here;
    for (const link of places.querySelectorAll('a')) {
      const to = link.pathname;
      const within = here.startsWith(to === '/' ? '/folder/' : to + '/');
      if (here === to || within) link.ariaCurrent = here === to ? 'page' : 'true';
      else link.removeAttribute('aria-current');
    }
    if (page.activeElement !== field()) field().value = isSearch() ? asked() : '';
  };
  page.addEventListener('DOMContentLoaded', () => {
    const places = page.querySelector('.places');
    if (places) new MutationObserver(() => mark(places)).observe(places, { attributeFilter: ['data-here'] });
    // Another sheet begins at its beginning; the same one, sent once more by a form, stays where it is.
    let shown = location.pathname + location.search;
    const stage = page.querySelector('.stage');
    if (stage) new MutationObserver(() => {
      const here = location.pathname + location.search, paper = stage.querySelector('.paper');
      if (here !== shown && paper) paper.scrollTop = 0;
      shown = here;
    }).observe(stage, { childList: true, subtree: true });
  });
  // Not `navigator.clipboard`, which pages that came without TLS do not have.
  page.addEventListener('click', (event) => {
    const button = event.target.closest('[data-copied]');
    if (!button) return;
    getSelection().selectAllChildren(button.previousElementSibling);
    if (page.execCommand('copy')) button.textContent = button.dataset.copied;
  });
  // The file before and the one after, unless the key is for something else: what can be scrolled to the side has a `tabindex`.
  page.addEventListener('keydown', (event) => {
    const way = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key];
    if (!way || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest('input, textarea, select, audio, video, dialog[open], [contenteditable], [role=menu], [tabindex="0"]')) return;
    const link = page.querySelector('.view-way [rel=' + way + ']');
    if (!link) return;
    event.preventDefault();
    link.click();
  });
  // A box for all boxes of a list.
  page.addEventListener('change', ({ target }) => {
    const all = target.form && target.form.querySelector('[data-all]');
    if (!all) return;
    const boxes = [...target.form.querySelectorAll('[name="ids[]"]')];
    if (target === all) for (const box of boxes) box.checked = all.checked;
    else all.checked = boxes.every((box) => box.checked);
  });
  addEventListener('popstate', () => isSearch() && (field().value = asked()));
})();
