/* SPDX-License-Identifier: Apache-2.0
 *
 * rdpesc-host: a small headless RDP server that runs a command with the client's smart card.
 */
#include <freerdp/channels/channels.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <winpr/ssl.h>
#include <winpr/wtsapi.h>

#include "host_log.h"
#include "host_options.h"
#include "host_report.h"
#include "host_run.h"
#include "host_runtime.h"

#define EXIT_USAGE 2

static int show_status(const char *dir, bool raw)
{
    char path[HOST_PATH_MAX];
    host_runtime_path(path, dir, "status");
    return host_report_show(path, raw) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int serve(const struct host_options *options, const char *dir)
{
    if (!host_runtime_prepare(dir))
        return EXIT_FAILURE;
    /* PINs pass through this process: no core file may hold them. */
    prctl(PR_SET_DUMPABLE, 0);
    signal(SIGPIPE, SIG_IGN);
    host_log_setup();
    winpr_InitializeSSL(WINPR_SSL_INIT_DEFAULT);
    WTSRegisterWtsApiFunctionTable(FreeRDP_InitWtsApi());
    return host_run(options, dir);
}

int main(int argc, char **argv)
{
    char dir[HOST_PATH_MAX];
    struct host_options options;
    switch (host_options_parse(&options, argc, argv)) {
    case HOST_PARSED_DONE: return EXIT_SUCCESS;
    case HOST_PARSED_WRONG: return EXIT_USAGE;
    case HOST_PARSED_RUN: break;
    }
    if (!host_runtime_dir(dir, options.runtime_dir))
        return EXIT_USAGE;
    return options.status ? show_status(dir, options.json) : serve(&options, dir);
}
