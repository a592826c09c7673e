/* SPDX-License-Identifier: Apache-2.0
 *
 * A mirror on a fake session whose link is up, and what a test wants to know of it. For the files
 * mirror*_test.c.
 */
#ifndef RDPESC_TESTS_MIRROR_RIG_H
#define RDPESC_TESTS_MIRROR_RIG_H

#include <stdio.h>

#include "fake_session.h"
#include "mirror.h"
#include "utf.h"

#define CARD      (RDPESC_STATE_CHANGED | RDPESC_STATE_PRESENT)
#define NO_CARD   (RDPESC_STATE_CHANGED | RDPESC_STATE_EMPTY)
#define COUNT(n)  ((uint32_t)(n) << 16)
#define ATR       "\x3b\x7a\x18"
#define OTHER_ATR "\x3b\x95\x13\x81"

static struct mirror *mirror;
static unsigned changes;
static unsigned notices;
static char last_notice[256];

static inline void on_changed(void *self)
{
    (void)self;
    changes++;
}

static inline void on_notice(void *self, const char *line)
{
    (void)self;
    notices++;
    snprintf(last_notice, sizeof last_notice, "%s", line);
}

static inline void set_up(void)
{
    const struct mirror_observer observer = { .changed = on_changed, .notice = on_notice };

    fake_reset(SESSION_UP);
    mirror = mirror_new(fake_session(), &observer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mirror);
    changes = 0;
    notices = 0;
    mirror_link(mirror, SESSION_UP);
}

static inline void tear_down(void)
{
    mirror_free(mirror);
    mirror = NULL;
    fake_reset(SESSION_DOWN);
}

static inline const struct mirror_reader *reader(size_t i)
{
    size_t count;
    const struct mirror_reader *readers = mirror_readers(mirror, &count);

    CU_ASSERT_TRUE_FATAL(i < count);
    return &readers[i];
}

static inline size_t reader_count(void)
{
    size_t count;

    (void)mirror_readers(mirror, &count);
    return count;
}

static inline void link_goes(void)
{
    fake_lose_link();
    mirror_link(mirror, SESSION_DOWN);
}

static inline void link_comes(void)
{
    fake.link = SESSION_UP;
    mirror_link(mirror, SESSION_UP);
}

/* The link is up and "Reader" has this state. */
static inline void show_reader(uint32_t state, const char *atr)
{
    fake_answer_context("MIRROR");
    fake_answer_list("Reader");
    fake_answer_state(state, atr);
}

static inline bool name_is(struct ndr_bytes wide, const char *text)
{
    char narrow[256];

    return utf8_from_utf16(wide, narrow, sizeof narrow) && strcmp(narrow, text) == 0;
}

#endif
