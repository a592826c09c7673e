/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for libpcsclite.so.1 and hands each SCard function on to the real one, after it has
 * written the function's name to the file that RDPESC_COUNT names. Nothing else of a call is noted.
 * The bench counts with it: the socket cannot tell as exactly, for a SCardGetStatusChange that
 * times out looks there like two that do not.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <winscard.h>

/* line: a function's name and a line feed, written at once. */
static void note(const char *line)
{
    const char *path = getenv("RDPESC_COUNT");
    int file = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;

    if (file < 0)
        return;
    if (write(file, line, strlen(line)) < 0)
        abort();
    close(file);
}

static void *real(const char *name)
{
    static void *library;
    void *function;

    if (!library)
        library = dlopen(getenv("RDPESC_COUNT_REAL"), RTLD_NOW | RTLD_LOCAL);
    function = library ? dlsym(library, name) : NULL;
    if (!function)
        abort();
    return function;
}

#define COUNTED(name, parameters, ...)                                                             \
    PCSC_API LONG name parameters                                                                  \
    {                                                                                              \
        __typeof__(name) *function;                                                                \
        note(#name "\n");                                                                          \
        *(void **)&function = real(#name);                                                         \
        return function(__VA_ARGS__);                                                              \
    }

/* Their parameters are handed on as they come; short names keep a function on a line.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
#pragma GCC visibility push(default)
const SCARD_IO_REQUEST g_rgSCardT0Pci = { SCARD_PROTOCOL_T0, sizeof(SCARD_IO_REQUEST) };
const SCARD_IO_REQUEST g_rgSCardT1Pci = { SCARD_PROTOCOL_T1, sizeof(SCARD_IO_REQUEST) };
const SCARD_IO_REQUEST g_rgSCardRawPci = { SCARD_PROTOCOL_RAW, sizeof(SCARD_IO_REQUEST) };

COUNTED(SCardEstablishContext, (DWORD s, LPCVOID a, LPCVOID b, LPSCARDCONTEXT c), s, a, b, c)
COUNTED(SCardReleaseContext, (SCARDCONTEXT c), c)
COUNTED(SCardIsValidContext, (SCARDCONTEXT c), c)
COUNTED(SCardConnect, (SCARDCONTEXT c, LPCSTR r, DWORD s, DWORD p, LPSCARDHANDLE h, LPDWORD a), c,
        r, s, p, h, a)
COUNTED(SCardReconnect, (SCARDHANDLE h, DWORD s, DWORD p, DWORD i, LPDWORD a), h, s, p, i, a)
COUNTED(SCardDisconnect, (SCARDHANDLE h, DWORD d), h, d)
COUNTED(SCardBeginTransaction, (SCARDHANDLE h), h)
COUNTED(SCardEndTransaction, (SCARDHANDLE h, DWORD d), h, d)
COUNTED(SCardStatus,
        (SCARDHANDLE h, LPSTR r, LPDWORD rl, LPDWORD s, LPDWORD p, LPBYTE a, LPDWORD al), h, r, rl,
        s, p, a, al)
COUNTED(SCardGetStatusChange, (SCARDCONTEXT c, DWORD t, SCARD_READERSTATE *r, DWORD n), c, t, r, n)
COUNTED(SCardControl, (SCARDHANDLE h, DWORD c, LPCVOID i, DWORD il, LPVOID o, DWORD ol, LPDWORD u),
        h, c, i, il, o, ol, u)
COUNTED(SCardTransmit,
        (SCARDHANDLE h, const SCARD_IO_REQUEST *s, LPCBYTE i, DWORD il, SCARD_IO_REQUEST *p,
         LPBYTE o, LPDWORD ol),
        h, s, i, il, p, o, ol)
COUNTED(SCardListReaderGroups, (SCARDCONTEXT c, LPSTR g, LPDWORD n), c, g, n)
COUNTED(SCardListReaders, (SCARDCONTEXT c, LPCSTR g, LPSTR r, LPDWORD n), c, g, r, n)
COUNTED(SCardCancel, (SCARDCONTEXT c), c)
COUNTED(SCardGetAttrib, (SCARDHANDLE h, DWORD i, LPBYTE a, LPDWORD n), h, i, a, n)
COUNTED(SCardSetAttrib, (SCARDHANDLE h, DWORD i, LPCBYTE a, DWORD n), h, i, a, n)

PCSC_API LONG SCardFreeMemory(SCARDCONTEXT c, LPCVOID memory)
{
    __typeof__(SCardFreeMemory) *function;

    *(void **)&function = real("SCardFreeMemory");
    return function(c, memory);
}

PCSC_API const char *pcsc_stringify_error(LONG code)
{
    __typeof__(pcsc_stringify_error) *function;

    *(void **)&function = real("pcsc_stringify_error");
    return function(code);
}
#pragma GCC visibility pop
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
