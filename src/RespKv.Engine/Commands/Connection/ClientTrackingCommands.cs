using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Engine.Tracking;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Connection;

/// <summary>CLIENT TRACKING and its kin: client-side caching.</summary>
internal static class ClientTrackingCommands
{
    private const CommandFlags OfAnyone = CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;

    private struct Request
    {
        public TrackingOptions Options;
        public long Redirect;
        public List<byte[]> Prefixes;
    }

    [Command("client|tracking", -3, OfAnyone, Group = "connection", Since = "6.0.0", Complexity = "O(1). Some options may introduce additional complexity.",
        Summary = "Enable or disable server assisted client side caching support",
        Syntax = "<ON | OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]")]
    internal static void Tracking(ReadContext c, RequestArgs args)
    {
        if (!TryParse(c, args, out Request request))
        {
            return;
        }

        if (args[2].Is("off"u8))
        {
            c.Engine.Tracking.Disable(c.Session);
            c.Reply.Ok();
        }
        else if (!args[2].Is("on"u8))
        {
            c.Fail(Errors.Syntax);
        }
        else if (WhatIsWrong(c.Session, request) is { } error)
        {
            c.Fail(error);
        }
        else
        {
            TurnOn(c, request);
        }
    }

    [Command("client|caching", 3, OfAnyone, Group = "connection", Since = "6.0.0", Complexity = "O(1)",
        Summary = "Instruct the server about tracking or not keys in the next request", Syntax = "<YES | NO>")]
    internal static void Caching(ReadContext c, RequestArgs args)
    {
        if (c.Session.Tracking is not { } tracking)
        {
            c.Fail("ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled");
            return;
        }

        bool yes = args[2].Is("yes"u8);
        if (!yes && !args[2].Is("no"u8))
        {
            c.Fail(Errors.Syntax);
        }
        else if (yes && !tracking.Has(TrackingOptions.OptIn))
        {
            c.Fail("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
        }
        else if (!yes && !tracking.Has(TrackingOptions.OptOut))
        {
            c.Fail("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
        }
        else
        {
            tracking.IsCachingSaid = true;
            c.Reply.Ok();
        }
    }

    [Command("client|getredir", 2, OfAnyone, Group = "connection", Since = "6.0.0", Complexity = "O(1)",
        Summary = "Get tracking notifications redirection client ID if any")]
    internal static void GetRedir(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Reply.Integer(c.Session.Tracking?.Redirect ?? -1);
    }

    [Command("client|trackinginfo", 2, OfAnyone, Group = "connection", Since = "6.2.0", Complexity = "O(1)",
        Summary = "Return information about server assisted client side caching for the current connection")]
    internal static void TrackingInfo(ReadContext c, RequestArgs args)
    {
        _ = args;
        ClientTracking? tracking = c.Session.Tracking;
        c.Reply.MapHeader(3);
        c.Reply.Bulk("flags"u8);
        string[] flags = [.. Flags(tracking)];
        c.Reply.SetHeader(flags.Length);
        foreach (string flag in flags)
        {
            c.Reply.Bulk(flag);
        }

        c.Reply.Bulk("redirect"u8);
        c.Reply.Integer(tracking?.Redirect ?? -1);
        c.Reply.Bulk("prefixes"u8);
        c.Reply.ArrayHeader(tracking?.Prefixes.Count ?? 0);
        foreach (byte[] prefix in tracking?.Prefixes ?? [])
        {
            c.Reply.Bulk(prefix);
        }
    }

    private static IEnumerable<string> Flags(ClientTracking? tracking)
    {
        yield return tracking is null ? "off" : "on";
        if (tracking is null)
        {
            yield break;
        }

        (bool Is, string Name)[] flags =
        [
            (tracking.Has(TrackingOptions.Broadcast), "bcast"),
            (tracking.Has(TrackingOptions.OptIn), "optin"),
            (tracking.Has(TrackingOptions.OptIn) && tracking.IsCachingSaid, "caching-yes"),
            (tracking.Has(TrackingOptions.OptOut), "optout"),
            (tracking.Has(TrackingOptions.OptOut) && tracking.IsCachingSaid, "caching-no"),
            (tracking.Has(TrackingOptions.NoLoop), "noloop"),
            (tracking.IsRedirectBroken, "broken_redirect"),
        ];
        foreach ((bool isSet, string name) in flags)
        {
            if (isSet)
            {
                yield return name;
            }
        }
    }

    private static bool TryParse(ReadContext c, RequestArgs args, out Request request)
    {
        request = new Request { Prefixes = [] };
        for (int i = 3; i < args.Count; i++)
        {
            bool hasMore = i + 1 < args.Count;
            if (args[i].Is("redirect"u8) && hasMore)
            {
                if (!TryRedirect(c, args[++i], ref request.Redirect))
                {
                    return false;
                }
            }
            else if (args[i].Is("prefix"u8) && hasMore)
            {
                request.Prefixes.Add(args[++i].ToArray());
            }
            else if (Option(args[i]) is var option && option != TrackingOptions.None)
            {
                request.Options |= option;
            }
            else
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }

    private static TrackingOptions Option(ReadOnlySpan<byte> word)
        => word.Is("bcast"u8) ? TrackingOptions.Broadcast
            : word.Is("optin"u8) ? TrackingOptions.OptIn
            : word.Is("optout"u8) ? TrackingOptions.OptOut
            : word.Is("noloop"u8) ? TrackingOptions.NoLoop
            : TrackingOptions.None;

    private static bool TryRedirect(ReadContext c, ReadOnlySpan<byte> argument, ref long redirect)
    {
        if (redirect != 0)
        {
            c.Fail("ERR A client can only redirect to a single other client");
            return false;
        }

        if (!ArgumentParsing.TryInteger(c, argument, out redirect))
        {
            return false;
        }

        if (c.Engine.Clients.Find(redirect) is not null)
        {
            return true;
        }

        c.Fail("ERR The client ID you want redirect to does not exist");
        return false;
    }

    private static string? WhatIsWrong(Session session, in Request request)
    {
        TrackingOptions options = request.Options;
        const TrackingOptions Opts = TrackingOptions.OptIn | TrackingOptions.OptOut;
        if ((options & TrackingOptions.Broadcast) == 0 && request.Prefixes.Count != 0)
        {
            return "ERR PREFIX option requires BCAST mode to be enabled";
        }

        if (session.Tracking is { } present && ((present.Options ^ options) & TrackingOptions.Broadcast) != 0)
        {
            return "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.";
        }

        if ((options & TrackingOptions.Broadcast) != 0 && (options & Opts) != 0)
        {
            return "ERR OPTIN and OPTOUT are not compatible with BCAST";
        }

        if ((options & Opts) == Opts)
        {
            return "ERR You can't specify both OPTIN mode and OPTOUT mode";
        }

        if (session.Tracking is { } tracking && (tracking.Options & Opts) != 0 && (options & Opts) != 0 && (tracking.Options & Opts) != (options & Opts))
        {
            return "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.";
        }

        return Collision(session, request.Prefixes);
    }

    /// <summary>Two prefixes of one client must not both match a key: it would be told twice.</summary>
    private static string? Collision(Session session, List<byte[]> prefixes)
    {
        for (int i = 0; i < prefixes.Count; i++)
        {
            byte[]? present = session.Tracking?.Prefixes.FirstOrDefault(prefix => Overlap(prefix, prefixes[i]));
            if (present is not null)
            {
                return $"ERR Prefix '{ArgumentText.Of(prefixes[i])}' overlaps with an existing prefix '{ArgumentText.Of(present)}'. "
                    + "Prefixes for a single client must not overlap.";
            }

            byte[]? other = prefixes.Skip(i + 1).FirstOrDefault(prefix => Overlap(prefix, prefixes[i]));
            if (other is not null)
            {
                return $"ERR Prefix '{ArgumentText.Of(prefixes[i])}' overlaps with another provided prefix '{ArgumentText.Of(other)}'. "
                    + "Prefixes for a single client must not overlap.";
            }
        }

        return null;
    }

    private static bool Overlap(byte[] x, byte[] y) => x.AsSpan().StartsWith(y) || y.AsSpan().StartsWith(x);

    private static void TurnOn(ReadContext c, in Request request)
    {
        List<byte[]> prefixes = request.Prefixes;
        if (prefixes.Count == 0 && (request.Options & TrackingOptions.Broadcast) != 0)
        {
            prefixes.Add([]);
        }

        c.Engine.Tracking.Enable(c.Session, request.Options, request.Redirect, prefixes);
        c.Reply.Ok();
    }
}
