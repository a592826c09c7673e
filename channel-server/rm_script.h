/* SPDX-License-Identifier: Apache-2.0
 *
 * A resource manager without hardware or daemon: readers and cards that its owner makes, answers
 * that it gives, and trouble on request. For tests and for people without a reader. What it does is
 * what pcsc-lite does, with the values of MS-RDPESC.
 *
 *     struct rm_script *script = rm_script_new();
 *     rm_script_add_reader(script, "Reader 0");
 *     rm_script_insert(script, "Reader 0", atr);
 *     rm_script_answer(script, "Reader 0", command, answer);
 *     replay_new(rm_script_manager(script), &options);
 *
 * Any thread may call any function at any time. Names and octets are copied.
 */
#ifndef RDPESC_RM_SCRIPT_H
#define RDPESC_RM_SCRIPT_H

#include "resource_manager.h"

/* The functions of struct resource_manager, by which gates, failures and counts are named. */
#define RM_SCRIPT_FUNCTIONS(F)                                                                     \
    F(establish)                                                                                   \
    F(release)                                                                                     \
    F(list_readers)                                                                                \
    F(status_change)                                                                               \
    F(cancel)                                                                                      \
    F(connect)                                                                                     \
    F(reconnect)                                                                                   \
    F(disconnect)                                                                                  \
    F(begin)                                                                                       \
    F(end)                                                                                         \
    F(status)                                                                                      \
    F(transmit)                                                                                    \
    F(control)                                                                                     \
    F(get_attrib)                                                                                  \
    F(set_attrib)

enum rm_script_function {
#define RM_SCRIPT_NAME(name) RM_SCRIPT_##name,
    RM_SCRIPT_FUNCTIONS(RM_SCRIPT_NAME)
#undef RM_SCRIPT_NAME
        RM_SCRIPT_COUNT
};

struct rm_script;

/* A resource manager that runs and has no reader. NULL: no memory. */
struct rm_script *rm_script_new(void);
/* Nobody may be in it any more. */
void rm_script_free(struct rm_script *script);
/* As long as script. */
const struct resource_manager *rm_script_manager(struct rm_script *script);

/* ---- readers and cards; the waiting status_change calls see it at once ---- */

/* At most 16 readers; false: no room. */
NDR_NODISCARD bool rm_script_add_reader(struct rm_script *script, const char *name);
void rm_script_remove_reader(struct rm_script *script, const char *name);
/* A card with this ATR, T=1 if protocol says so, T=0 else. Its handles of before stay dead. */
void rm_script_insert(struct rm_script *script, const char *name, struct ndr_bytes atr,
                      uint32_t protocol);
void rm_script_pull(struct rm_script *script, const char *name);
/* What the card in reader answers to command: at most 32 such pairs of up to 66560 octets in all;
 * others get 6D00. False: no room. */
NDR_NODISCARD bool rm_script_answer(struct rm_script *script, const char *name,
                                    struct ndr_bytes command, struct ndr_bytes answer);
/* Another program begins, or ends, a transaction on the card in reader. */
void rm_script_hold(struct rm_script *script, const char *name, bool held);

/* ---- trouble ---- */

/* The service ends (all contexts and handles die with it), or runs again. */
void rm_script_service(struct rm_script *script, bool runs);
/* The next times calls of function return code and do nothing. */
void rm_script_fail(struct rm_script *script, enum rm_script_function function, scard_code code,
                    unsigned times);
/* Calls of function hang from here on, those on cards only if they are on this reader (NULL: on
 * any), until the gate is opened. */
void rm_script_close_gate(struct rm_script *script, enum rm_script_function function,
                          const char *reader);
void rm_script_open_gate(struct rm_script *script, enum rm_script_function function);

/* ---- what happened ---- */

/* How often function was called, hanging calls included. */
unsigned rm_script_calls(struct rm_script *script, enum rm_script_function function);
/* Waits until function was called that often, for at most 10 seconds; false: it was not. */
NDR_NODISCARD bool rm_script_await(struct rm_script *script, enum rm_script_function function,
                                   unsigned calls);
/* Contexts that are open, cards that are connected, and cards that were reset by disconnect. */
unsigned rm_script_contexts(struct rm_script *script);
unsigned rm_script_cards(struct rm_script *script);
unsigned rm_script_resets(struct rm_script *script);

#endif
