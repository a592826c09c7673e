/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions of libpcsclite, found in that library and nowhere else: a FreeRDP client has
 * functions of the same names and other arguments in WinPR, and a plug-in that was linked would be
 * given those.
 */
#ifndef RDPESC_RM_PCSCLITE_LIBRARY_H
#define RDPESC_RM_PCSCLITE_LIBRARY_H

#include <winscard.h>

#define PCSCLITE_FUNCTIONS(F)                                                                      \
    F(SCardEstablishContext)                                                                       \
    F(SCardReleaseContext)                                                                         \
    F(SCardListReaders)                                                                            \
    F(SCardGetStatusChange)                                                                        \
    F(SCardCancel)                                                                                 \
    F(SCardConnect)                                                                                \
    F(SCardReconnect)                                                                              \
    F(SCardDisconnect)                                                                             \
    F(SCardBeginTransaction)                                                                       \
    F(SCardEndTransaction)                                                                         \
    F(SCardStatus)                                                                                 \
    F(SCardTransmit)                                                                               \
    F(SCardControl)                                                                                \
    F(SCardGetAttrib)                                                                              \
    F(SCardSetAttrib)

struct pcsclite_library {
#define PCSCLITE_POINTER(name) __typeof__(name) *name;
    PCSCLITE_FUNCTIONS(PCSCLITE_POINTER)
#undef PCSCLITE_POINTER
};

/* Loads the library the first time, and sets PCSCLITE_NO_BLOCKING unless it is set. NULL: it is not
 * there, or not all of it. It stays loaded. */
const struct pcsclite_library *pcsclite_library(void);

#endif
