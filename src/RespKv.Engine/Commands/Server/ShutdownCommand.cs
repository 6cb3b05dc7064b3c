using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>SHUTDOWN: asks the host to end the process in order.</summary>
internal static class ShutdownCommand
{
    [Command("shutdown", -1,
        CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.NoMulti | CommandFlags.AllowBusy,
        Group = "server", Since = "1.0.0",
        Complexity = "O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)",
        Summary = "Synchronously save the dataset to disk and then shut down the server", Syntax = "[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]")]
    internal static void Shutdown(ReadContext c, RequestArgs args)
    {
        if (!TryOptions(args, out bool abort, out bool? saves))
        {
            c.Fail(Errors.Syntax);
            return;
        }

        if (abort)
        {
            // A shutdown cannot be taken back here: the log is closed as soon as it begins.
            c.Fail("ERR No shutdown in progress.");
            return;
        }

        // With NOSAVE too everything that was accepted is synced; SAVE only spares the next start the log. The client hears nothing but the
        // end of its connection, and nothing of it is executed behind SHUTDOWN.
        c.Engine.RequestShutdown(saves);
        c.Suspend(new Suspension(static (_, _) => { }));
    }

    private static bool TryOptions(RequestArgs args, out bool abort, out bool? saves)
    {
        abort = false;
        bool save = false;
        bool noSave = false;
        bool others = false;
        for (int i = 1; i < args.Count; i++)
        {
            if (args[i].Is("abort"u8))
            {
                abort = true;
            }
            else if (args[i].Is("save"u8))
            {
                save = true;
            }
            else if (args[i].Is("nosave"u8))
            {
                noSave = true;
            }
            else if (args[i].Is("now"u8) || args[i].Is("force"u8))
            {
                others = true;
            }
            else
            {
                saves = null;
                return false;
            }
        }

        saves = save ? true : noSave ? false : null;
        return !(save && noSave) && !(abort && (save || noSave || others));
    }
}
