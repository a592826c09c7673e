/* SPDX-License-Identifier: Apache-2.0 */
#include "host_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_log.h"

static const char usage[] =
    "Usage: rdpesc-host [OPTION]... [-- COMMAND [ARGUMENT]...]\n"
    "       rdpesc-host --status [--json] [--runtime-dir DIR]\n"
    "\n"
    "A small RDP server without a desktop. It runs COMMAND, or your shell, in a session where every\n"
    "program that uses PC/SC sees the smart card readers of the RDP client that connects. COMMAND\n"
    "starts when these readers are known.\n"
    "\n"
    "  --listen ADDR:PORT   where RDP clients connect (127.0.0.1:3389). There is no password: whoever\n"
    "                       can connect lends their card to this session\n"
    "  --wait SECONDS       start COMMAND after this time even without a client; 0: at once\n"
    "  --serve              run no command, serve until SIGTERM or SIGINT\n"
    "  --runtime-dir DIR    folder of the sockets, the certificate and its key\n"
    "                       ($XDG_RUNTIME_DIR/rdpesc)\n"
    "  --certificate FILE   PEM certificate to show to clients, with --key; the default is a\n"
    "  --key FILE           self-signed one that is made at the first start\n"
    "  --status             tell how a running rdpesc-host is doing\n"
    "  --json               with --status: as one JSON object\n"
    "  --help, --version    print this, or the version\n"
    "\n"
    "Programs outside the session reach the same readers with PCSCLITE_CSOCK_NAME=DIR/pcscd.comm.\n"
    "Exit status: that of COMMAND, 128 + N when signal N ended it, 1 when rdpesc-host cannot start,\n"
    "2 for a mistake in its arguments. RDPESC_LOG=warn or =debug shows FreeRDP's messages.\n";

enum option_code {
    OPTION_LISTEN = 1000,
    OPTION_WAIT,
    OPTION_SERVE,
    OPTION_RUNTIME_DIR,
    OPTION_CERTIFICATE,
    OPTION_KEY,
    OPTION_STATUS,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    { "listen", required_argument, NULL, OPTION_LISTEN },
    { "wait", required_argument, NULL, OPTION_WAIT },
    { "serve", no_argument, NULL, OPTION_SERVE },
    { "runtime-dir", required_argument, NULL, OPTION_RUNTIME_DIR },
    { "certificate", required_argument, NULL, OPTION_CERTIFICATE },
    { "key", required_argument, NULL, OPTION_KEY },
    { "status", no_argument, NULL, OPTION_STATUS },
    { "json", no_argument, NULL, OPTION_JSON },
    { "help", no_argument, NULL, OPTION_HELP },
    { "version", no_argument, NULL, OPTION_VERSION },
    { NULL, 0, NULL, 0 },
};

/* A whole decimal number from 0 to max. */
static bool read_number(const char *text, long max, long *number)
{
    char *end;
    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *number >= 0 && *number <= max;
}

/* ADDR:PORT or [ADDR]:PORT. */
static bool read_listen(struct host_options *options, const char *text)
{
    long port;
    const char *colon = strrchr(text, ':');
    if (!colon || !read_number(colon + 1, UINT16_MAX, &port))
        return false;
    size_t len = (size_t)(colon - text);
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof options->address)
        return false;
    memcpy(options->address, text, len);
    options->address[len] = '\0';
    options->port = (uint16_t)port;
    return true;
}

static bool wrong(const char *what, const char *value)
{
    host_say("%s: '%s'", what, value);
    return false;
}

static bool take_value(struct host_options *options, int code, const char *value)
{
    long number;
    switch (code) {
    case OPTION_LISTEN:
        return read_listen(options, value) ||
               wrong("--listen wants ADDR:PORT, for example 127.0.0.1:3389", value);
    case OPTION_WAIT:
        if (!read_number(value, INT32_MAX / 1000, &number))
            return wrong("--wait wants a number of seconds", value);
        options->wait_seconds = (int)number;
        return true;
    case OPTION_RUNTIME_DIR: options->runtime_dir = value; return true;
    case OPTION_CERTIFICATE: options->certificate = value; return true;
    case OPTION_KEY: options->key = value; return true;
    default: return false;
    }
}

static enum host_parsed take(struct host_options *options, int code)
{
    switch (code) {
    case OPTION_SERVE: options->serve = true; return HOST_PARSED_RUN;
    case OPTION_STATUS: options->status = true; return HOST_PARSED_RUN;
    case OPTION_JSON: options->json = true; return HOST_PARSED_RUN;
    case OPTION_HELP: fputs(usage, stdout); return HOST_PARSED_DONE;
    case OPTION_VERSION: puts("rdpesc-host " RDPESC_VERSION); return HOST_PARSED_DONE;
    case '?': return HOST_PARSED_WRONG;
    default: return take_value(options, code, optarg) ? HOST_PARSED_RUN : HOST_PARSED_WRONG;
    }
}

static const char *contradiction(const struct host_options *options, bool command)
{
    if (!options->certificate != !options->key)
        return "--certificate and --key go together";
    if (options->json && !options->status)
        return "--json goes with --status";
    if (options->status && (options->serve || command))
        return "--status runs no session: leave out --serve and COMMAND";
    if (options->serve && command)
        return "--serve runs no command: leave out one of them";
    return NULL;
}

enum host_parsed host_options_parse(struct host_options *options, int argc, char **argv)
{
    int code;
    *options = (struct host_options){ .address = "127.0.0.1",
                                      .port = 3389,
                                      .wait_seconds = HOST_WAIT_FOR_EVER };
    /* '+': what follows the first word that is no option belongs to COMMAND. */
    while ((code = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
        enum host_parsed parsed = take(options, code);
        if (parsed != HOST_PARSED_RUN)
            return parsed;
    }
    const char *mistake = contradiction(options, optind < argc);
    if (mistake) {
        host_say("%s", mistake);
        return HOST_PARSED_WRONG;
    }
    if (optind < argc)
        options->command = argv + optind;
    return HOST_PARSED_RUN;
}
