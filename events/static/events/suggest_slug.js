"use strict";
// Suggests a slug for a new event, from its first title and the year of its date, until its editor writes one.
document.addEventListener("DOMContentLoaded", () => {
    const slug = document.getElementById("id_slug");
    const date = document.getElementById("id_date");
    if (!slug || !date || slug.value) {
        return;
    }
    const titles = () => [...document.querySelectorAll("input[name^='texts-'][name$='-title']")];
    const suggestion = () => {
        const title = titles().map((input) => input.value.trim()).find((text) => text) || "";
        const year = (date.value.match(/^\d{4}/) || [""])[0];
        // URLify drops signs without a gap: C5+1 would be c51. A mark is a part of its letter.
        const plain = title.normalize("NFC").replace(/['’]/g, "").replace(/[^\p{L}\p{M}\p{N}]+/gu, " ");
        const words = URLify(plain, 110).split(/[^a-z0-9]+/).filter((word) => word && word !== year);
        return words.length || title === year ? [...words, year].filter((word) => word).join("-") : "";
    };
    let suggested = "";
    window.addEventListener("pageshow", () => { suggested = suggestion(); }); // of what the browser has put back
    document.addEventListener("input", ({ target }) => {
        const own = slug.value && slug.value !== suggested;
        if (!own && (target === date || titles().includes(target))) {
            slug.value = suggested = suggestion();
        }
    });
});
