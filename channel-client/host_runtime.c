/* SPDX-License-Identifier: Apache-2.0 */
#include "host_runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host_log.h"

/* A slash and the longest name that is put behind it. */
#define NAME_ROOM 24

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

bool host_runtime_dir(char dir[HOST_PATH_MAX], const char *wanted)
{
    char user[64];
    const char *session = getenv("XDG_RUNTIME_DIR");
    unsigned uid = (unsigned)geteuid();
    int len;
    snprintf(user, sizeof user, "/run/user/%u", uid);
    if (wanted)
        len = snprintf(dir, HOST_PATH_MAX, "%s", wanted);
    else if (session && session[0] == '/')
        len = snprintf(dir, HOST_PATH_MAX, "%s/rdpesc", session);
    else if (is_folder(user))
        len = snprintf(dir, HOST_PATH_MAX, "%s/rdpesc", user);
    else
        len = snprintf(dir, HOST_PATH_MAX, "/tmp/rdpesc-%u", uid);
    if (len > 0 && len < HOST_PATH_MAX - NAME_ROOM)
        return true;
    host_say(
        "the path of the runtime folder is empty or too long for a socket in it: choose one of "
        "at most %d octets with --runtime-dir",
        HOST_PATH_MAX - NAME_ROOM - 1);
    return false;
}

/* Why the open folder cannot be used; NULL: it can. */
static const char *unsafe(int folder)
{
    struct stat found;
    if (fstat(folder, &found) != 0)
        return strerror(errno);
    if (found.st_uid != geteuid())
        return "it belongs to another user";
    if ((found.st_mode & 077) != 0)
        return "other users may enter it (chmod 700 cures that)";
    return NULL;
}

bool host_runtime_prepare(const char *dir)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        host_say("cannot make the runtime folder %s: %s", dir, strerror(errno));
        return false;
    }
    int folder = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) {
        host_say("cannot use the runtime folder %s: %s", dir,
                 errno == ELOOP || errno == ENOTDIR ? "it is a symbolic link or no folder"
                                                    : strerror(errno));
        return false;
    }
    const char *reason = unsafe(folder);
    close(folder);
    if (reason)
        host_say("will not use the runtime folder %s: %s", dir, reason);
    return !reason;
}

void host_runtime_path(char path[HOST_PATH_MAX], const char *dir, const char *name)
{
    snprintf(path, HOST_PATH_MAX, "%.*s/%s", HOST_PATH_MAX - NAME_ROOM - 1, dir, name);
}
