"use strict";
// Where a box that suggests gets no entries, but the page to log in, a refusal or nothing, it says so: it would seem to know
// of none.
document.addEventListener("DOMContentLoaded", () => {
    const tell = (words) => {
        const note = document.createElement("li");
        note.className = "select2-results__option select2-results__message";
        note.setAttribute("role", "alert");
        note.textContent = words;
        document.querySelector(".select2-container--open .select2-results__options")?.replaceChildren(note);
    };
    const $ = window.django.jQuery;
    $(document).on("ajaxComplete", (_, answer, request) => {
        if (!/\/(autocomplete|choose)\//.test(request.url) || answer.responseJSON || answer.statusText === "abort") {
            return;
        }
        const words = {
            200: "You are no longer logged in: log in in another tab, then look for it again.",
            403: "Your account may not look through these.",
        }[answer.status] ?? "The server does not answer: look for it again later.";
        setTimeout(() => { tell(words); }); // behind the box, which empties its list for every answer
    });
});
