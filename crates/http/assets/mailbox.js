// Looks for new mail while the page is seen, and offers it: what is being read stays where it is.
const list = document.querySelector("[data-newest]"), news = document.querySelector(".news"), title = document.title;
const url = new URL("mailbox/messages", location.href);
const empty = list.dataset.newest === "";
async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(url, { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const ids = (await answer.json()).map((mail) => mail.id);
    const seen = ids.indexOf(list.dataset.newest), fresh = seen < 0 ? ids.length : seen;
    if (fresh === 0) return;
    if (empty) { location.reload(); return; }
    news.textContent = fresh === 1 ? "1 new mail" : fresh + " new mails";
    news.hidden = false;
    document.title = "(" + fresh + ") " + title;
  } catch { /* The demo was stopped; the next look may find it again. */ }
}
setInterval(look, 2000);
document.addEventListener("visibilitychange", look);
