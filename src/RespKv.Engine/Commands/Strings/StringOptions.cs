using RespKv.Engine.Commands.Keys;
using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Strings;

/// <summary>The options of SET and GETEX. As in Redis an option may be repeated (the last one counts), but not contradict another.</summary>
internal ref struct StringOptions
{
    /// <summary>NX.</summary>
    public bool OnlyIfMissing;

    /// <summary>XX.</summary>
    public bool OnlyIfExists;

    /// <summary>GET.</summary>
    public bool RepliesOld;

    /// <summary>KEEPTTL.</summary>
    public bool KeepsExpiry;

    /// <summary>PERSIST.</summary>
    public bool RemovesExpiry;

    public ExpiryForm Form;

    /// <summary>What was given with <see cref="Form"/>, not yet checked.</summary>
    public ReadOnlySpan<byte> Expiry;

    /// <summary>Whether the key's present state matters, so that it has to be looked up.</summary>
    public readonly bool NeedsEntry => OnlyIfMissing || OnlyIfExists || KeepsExpiry;

    /// <summary>Parses what follows SET's key and value. False: the error has been replied.</summary>
    public static bool TryParseSet(CommandContext c, RequestArgs args, out StringOptions options)
    {
        options = default;
        for (int i = 3; i < args.Count; i++)
        {
            ReadOnlySpan<byte> option = args[i];
            if (option.Is("nx"u8) && !options.OnlyIfExists)
            {
                options.OnlyIfMissing = true;
            }
            else if (option.Is("xx"u8) && !options.OnlyIfMissing)
            {
                options.OnlyIfExists = true;
            }
            else if (option.Is("get"u8))
            {
                options.RepliesOld = true;
            }
            else if (option.Is("keepttl"u8) && options.Form == ExpiryForm.None)
            {
                options.KeepsExpiry = true;
            }
            else if (!options.TryTakeExpiry(args, ref i))
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }

    /// <summary>Parses what follows GETEX's key. False: the error has been replied.</summary>
    public static bool TryParseGetEx(CommandContext c, RequestArgs args, out StringOptions options)
    {
        options = default;
        for (int i = 2; i < args.Count; i++)
        {
            if (args[i].Is("persist"u8) && options.Form == ExpiryForm.None)
            {
                options.RemovesExpiry = true;
            }
            else if (!options.TryTakeExpiry(args, ref i))
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes EX, PX, EXAT or PXAT with its argument, and moves on to that. False: it is none, incomplete, or contradicts another.</summary>
    private bool TryTakeExpiry(RequestArgs args, ref int i)
    {
        ReadOnlySpan<byte> option = args[i];
        ExpiryForm form = option.Is("ex"u8) ? ExpiryForm.Seconds
            : option.Is("px"u8) ? ExpiryForm.Millis
            : option.Is("exat"u8) ? ExpiryForm.AtSeconds
            : option.Is("pxat"u8) ? ExpiryForm.AtMillis
            : ExpiryForm.None;
        bool isFree = !KeepsExpiry && !RemovesExpiry && (Form == ExpiryForm.None || Form == form);
        if (form == ExpiryForm.None || !isFree || i + 1 >= args.Count)
        {
            return false;
        }

        Form = form;
        Expiry = args[++i];
        return true;
    }
}
