using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;

namespace RespKv.Engine.Commands.Server;

/// <summary>
/// CONFIG SET of TLS directives: certificates and keys are read outside the turn, and nothing is set unless they can be used.
/// </summary>
internal static class ConfigSetTls
{
    public static bool Concerns(RespEngine engine, IReadOnlyList<(string Name, string Value)> settings)
        => engine.Tls is not null && settings.Any(setting => TlsDirectives.IsAboutFiles(setting.Name));

    public static void Set(ReadContext c, List<(string Name, string Value)> settings)
    {
        if (c.Session.RunsBlock)
        {
            c.Fail(Errors.NotInMulti);
            return;
        }

        RespEngine engine = c.Engine;
        ITlsReloader tls = engine.Tls!;
        ServerConfig wanted = engine.Config.ForTlsOnly();
        List<(string Name, string Value)> about = [.. settings.Where(setting => TlsDirectives.IsAboutFiles(setting.Name))];
        if (wanted.Set(about).ErrorText is { } error)
        {
            c.Fail(error);
            return;
        }

        object? loaded = null;
        Task work = Task.Run(() =>
        {
            try
            {
                loaded = tls.Load(wanted.Tls);
            }
            catch (Exception e)
            {
                engine.Log.Write(EngineLogLevel.Warning, $"TLS is not configured anew: {e.Message}");
            }
        });
        c.Suspend(new Suspension((c, _) => Answer(c, settings, about[0].Name, loaded), Work: work));
    }

    private static void Answer(ReadContext c, List<(string Name, string Value)> settings, string name, object? loaded)
    {
        if (loaded is null)
        {
            c.Fail($"ERR CONFIG SET failed (possibly related to argument '{name}') - Unable to update TLS configuration. Check server logs.");
        }
        else if (c.Engine.Config.Set(settings).ErrorText is { } error)
        {
            c.Fail(error);
        }
        else
        {
            c.Engine.Tls!.Use(loaded);
            c.Reply.Ok();
        }
    }
}
