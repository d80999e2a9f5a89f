#include "utf8.h"

static uint32_t tail(uint8_t byte) { return byte & 0x3fu; }
static bool is_tail(uint8_t byte) { return (byte & 0xc0) == 0x80; }

size_t rb_utf8_next(const char *text, size_t n, uint32_t *point) {
    const uint8_t *p = (const uint8_t *)text;
    if (!n) return 0;
    uint32_t x;
    if (p[0] < 0x80) {
        *point = p[0];
        return 1;
    }
    if (p[0] < 0xe0) {
        if (p[0] < 0xc2 || n < 2 || !is_tail(p[1])) return 0;
        *point = (p[0] & 0x1fu) << 6 | tail(p[1]);
        return 2;
    }
    if (p[0] < 0xf0) {
        if (n < 3 || !is_tail(p[1]) || !is_tail(p[2])) return 0;
        x = (p[0] & 0x0fu) << 12 | tail(p[1]) << 6 | tail(p[2]);
        if (x < 0x800 || (x >= 0xd800 && x < 0xe000)) return 0;
        *point = x;
        return 3;
    }
    if (p[0] > 0xf4 || n < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3])) return 0;
    x = (p[0] & 0x07u) << 18 | tail(p[1]) << 12 | tail(p[2]) << 6 | tail(p[3]);
    if (x < 0x10000 || x > 0x10ffff) return 0;
    *point = x;
    return 4;
}

/* Bytes of plain ASCII at the start, eight at a time. */
static size_t ascii(const char *text, size_t n) {
    size_t i = 0;
    for (uint64_t w; i + 8 <= n; i += 8) {
        memcpy(&w, text + i, 8);
        if (w & 0x8080808080808080u) break;
    }
    while (i < n && !((uint8_t)text[i] & 0x80)) i++;
    return i;
}

size_t rb_utf8_valid(const char *text, size_t n) {
    for (size_t at = 0;;) {
        at += ascii(text + at, n - at);
        uint32_t point;
        size_t step = at < n ? rb_utf8_next(text + at, n - at, &point) : 0;
        if (!step) return at;
        at += step;
    }
}

int64_t rb_utf8_count(const char *text, size_t n) {
    int64_t count = 0;
    for (size_t at = 0; at < n;) {
        size_t plain = ascii(text + at, n - at);
        uint32_t point;
        size_t step = at + plain < n ? rb_utf8_next(text + at + plain, n - at - plain, &point) : 0;
        count += (int64_t)plain + (at + plain < n);
        at += plain + (step ? step : 1);
    }
    return count;
}

size_t rb_utf8_put(char out[4], uint32_t point) {
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i; i--, point >>= 6) out[i] = (char)(0x80 | (point & 0x3f));
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[n] | point);
    return n;
}
