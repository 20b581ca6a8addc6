// Looks every two seconds whether the channel changed, and then loads the page again. An open modal is left alone, so that nothing
// typed is lost, unless the app changed that modal.
(function () {
  var page = document.body.dataset;
  if (!page.poll) return;
  setInterval(function () {
    if (document.hidden) return;
    fetch(page.poll, { credentials: "same-origin" })
      .then(function (answer) { return answer.json(); })
      .then(function (now) {
        var typing = document.querySelector("dialog[open], details.confirm[open]");
        if (now.view !== page.view || (!typing && String(now.version) !== page.version)) location.reload();
      })
      .catch(function () {});
  }, 2000);
})();
