using RespKv.Engine.Commands.Server;
using RespKv.Engine.Execution;
using RespKv.Engine.Security;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Security;

/// <summary>ACL LOAD and SAVE: the file of users. The disk is waited for outside the turn.</summary>
internal static class AclFileCommands
{
    private const CommandFlags OfAdministrators
        = CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Waits;

    private const string NoFile = "ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in the Redis configuration.";

    [Command("acl|load", 2, OfAdministrators, Group = "server", Since = "6.0.0", Complexity = "O(N). Where N is the number of configured users.",
        Summary = "Reload the ACLs from the configured ACL file")]
    internal static void Load(ReadContext c, RequestArgs args)
    {
        _ = args;
        RespEngine engine = c.Engine;
        string path = engine.Config.AclFile;
        if (path.Length == 0)
        {
            c.Fail(NoFile);
            return;
        }

        AclFile? file = null;
        string? error = null;
        Task work = Task.Run(() =>
        {
            try
            {
                file = AclFile.Read(engine.Files, path);
            }
            catch (Exception e)
            {
                error = $"Error loading ACLs, opening file '{path}': {e.Message}";
            }
        });
        c.Suspend(new Suspension((c, _) => Answer(c, error ?? c.Engine.Acl.Load(file!, c.Session)), Work: work));
    }

    [Command("acl|save", 2, OfAdministrators, Group = "server", Since = "6.0.0", Complexity = "O(N). Where N is the number of configured users.",
        Summary = "Save the current ACL rules in the configured ACL file")]
    internal static void Save(ReadContext c, RequestArgs args)
    {
        _ = args;
        RespEngine engine = c.Engine;
        string path = engine.Config.AclFile;
        if (path.Length == 0)
        {
            c.Fail(NoFile);
            return;
        }

        byte[] text = AclText.Bytes(string.Concat(engine.Acl.Describe().Select(line => line + "\n")));
        string? error = null;
        Task work = Task.Run(() =>
        {
            try
            {
                ConfigFileWriter.Replace(engine.Files, path, text);
            }
            catch (Exception e)
            {
                engine.Log.Write(EngineLogLevel.Warning, $"ACL SAVE: {e.Message}");
                error = "There was an error trying to save the ACLs. Please check the server logs for more information";
            }
        });
        c.Suspend(new Suspension((c, _) => Answer(c, error), Work: work));
    }

    private static void Answer(ReadContext c, string? error)
    {
        if (error is null)
        {
            c.Reply.Ok();
        }
        else
        {
            c.Fail("ERR " + error);
        }
    }
}
