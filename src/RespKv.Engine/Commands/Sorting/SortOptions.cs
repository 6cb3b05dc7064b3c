using RespKv.Engine.Execution;
using RespKv.Engine.Security;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Sorting;

/// <summary>The options of SORT.</summary>
internal ref struct SortOptions
{
    /// <summary>Position of BY's pattern, 0 without.</summary>
    public int By { get; private set; }

    /// <summary>BY a pattern without a star: the elements stay in the order in which the key has them.</summary>
    public bool KeepsOrder { get; set; }

    public bool Descending { get; private set; }

    public bool Alpha { get; set; }

    public long Offset { get; private set; }

    /// <summary>Negative: all.</summary>
    public long Count { get; private set; }

    /// <summary>Position of STORE's key, 0 without.</summary>
    public int Store { get; private set; }

    /// <summary>Positions of GET's patterns.</summary>
    public List<int>? Gets { get; private set; }

    /// <summary>Reads them. False: the error has been replied.</summary>
    public static bool TryParse(ReadContext c, RequestArgs args, bool mayStore, out SortOptions options)
    {
        options = new SortOptions { Count = -1 };
        for (int i = 2; i < args.Count; i++)
        {
            ReadOnlySpan<byte> option = args[i];
            int behind = args.Count - i - 1;
            if (option.Is("asc"u8))
            {
                options.Descending = false;
            }
            else if (option.Is("desc"u8))
            {
                options.Descending = true;
            }
            else if (option.Is("alpha"u8))
            {
                options.Alpha = true;
            }
            else if (option.Is("limit"u8) && behind >= 2)
            {
                if (!ArgumentParsing.TryInteger(c, args[i + 1], out long offset) || !ArgumentParsing.TryInteger(c, args[i + 2], out long count))
                {
                    return false;
                }

                options.Offset = offset;
                options.Count = count;
                i += 2;
            }
            else if (mayStore && option.Is("store"u8) && behind >= 1)
            {
                options.Store = ++i;
            }
            else if (option.Is("by"u8) && behind >= 1)
            {
                options.By = ++i;
                bool hasStar = SortPattern.HasStar(args[i]);
                options.KeepsOrder |= !hasStar;
                if (hasStar && !MayUsePatterns(c, args, mayStore, "BY"))
                {
                    return false;
                }
            }
            else if (option.Is("get"u8) && behind >= 1)
            {
                (options.Gets ??= []).Add(++i);
                if (!MayUsePatterns(c, args, mayStore, "GET"))
                {
                    return false;
                }
            }
            else
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }

    /// <summary>Patterns make the names of keys out of elements, which no rule can be held against: they need the permission to read every key.</summary>
    private static bool MayUsePatterns(ReadContext c, RequestArgs args, bool mayStore, string option)
    {
        if (c.Session.User.IsUnrestricted || AccessControl.MayReadAllKeys(c.Session, c.Engine.Commands.Declared(mayStore ? "sort" : "sort_ro"), args))
        {
            return true;
        }

        c.Fail($"ERR {option} option of SORT denied due to insufficient ACL permissions.");
        return false;
    }

    /// <summary>BY counts for nothing: the elements are sorted by themselves.</summary>
    public void SortByElements()
    {
        KeepsOrder = false;
        Alpha = true;
        By = 0;
    }
}
