"use strict";
// What is sent in the admin is sent once: a second click would cut off the answer to the first, and what that says. And
// it goes with the token of whoever is signed in by now: signing in, in whichever tab, makes a new one.
(() => {
    const sent = new Set();
    let downloading = false; // which is told as an error as soon as something else is sent
    const release = () => { sent.clear(); };
    window.addEventListener("pageshow", release);
    window.navigation?.addEventListener("navigateerror", () => { // whoever stops it can send it again
        if (!downloading) {
            release();
        }
        downloading = false;
    });
    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (event.defaultPrevented || form.method !== "post") {
            return;
        }
        const field = form.elements.namedItem("csrfmiddlewaretoken");
        const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
        if (field && token) {
            field.value = token[1];
        }
        if (event.submitter?.hasAttribute("formaction")) { // a file, which leaves the page as it is
            downloading = true;
        } else if (sent.has(form)) {
            event.preventDefault();
        } else {
            sent.add(form);
            if (!window.navigation) {
                setTimeout(release, 10000); // nothing else tells that it was stopped
            }
        }
    });
})();
