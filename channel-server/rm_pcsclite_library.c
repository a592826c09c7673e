/* SPDX-License-Identifier: Apache-2.0 */
#include "rm_pcsclite_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The name by which the loader knows it since its first release. */
#define LIBRARY "libpcsclite.so.1"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct pcsclite_library functions;
static bool complete;

/* pointer is one to a function pointer, which C converts from no object pointer. */
static bool find(void *library, const char *name, void *pointer)
{
    void *found = dlsym(library, name);

    memcpy(pointer, &found, sizeof found);
    return found != NULL;
}

static void load(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

    /* Left to itself the library repeats Reconnect, Status and Transmit for as long as another
     * program is in a transaction, where nobody can end it; the engine repeats them itself, so that
     * Cancel and the end of the session reach it. */
    (void)setenv("PCSCLITE_NO_BLOCKING", "1", 0);
    if (!library)
        return;
    complete = true;
#define FIND(name) complete = find(library, #name, &functions.name) && complete;
    PCSCLITE_FUNCTIONS(FIND)
#undef FIND
}

const struct pcsclite_library *pcsclite_library(void)
{
    pthread_once(&once, load);
    return complete ? &functions : NULL;
}
