namespace RespKv.Engine.Commands.Geo;

/// <summary>A circle, or a rectangle along the compass, around a point.</summary>
internal struct GeoShape
{
    /// <summary>Half of the earth's circumference in the projection, in metres: a cell of one step is as wide.</summary>
    private const double ProjectionMax = 20037726.37;

    private const int CellsMax = 9;

    public GeoPoint Center { get; set; }

    public bool IsBox { get; set; }

    /// <summary>Of a circle, in <see cref="MetersPerUnit"/>.</summary>
    public double Radius { get; set; }

    /// <summary>Of a rectangle, in <see cref="MetersPerUnit"/>.</summary>
    public double Width { get; set; }

    /// <summary>Of a rectangle, in <see cref="MetersPerUnit"/>.</summary>
    public double Height { get; set; }

    public double MetersPerUnit { get; set; }

    /// <summary>Whether a point is inside; <paramref name="meters"/>: how far it is from the center.</summary>
    public readonly bool Contains(GeoPoint point, out double meters)
    {
        meters = 0;
        if (!IsBox)
        {
            meters = GeoDistance.Between(Center, point);
            return !(meters > Radius * MetersPerUnit);
        }

        if (GeoDistance.BetweenLatitudes(point.Latitude, Center.Latitude) > Height * MetersPerUnit / 2
            || GeoDistance.Between(point, new GeoPoint(Center.Longitude, point.Latitude)) > Width * MetersPerUnit / 2)
        {
            return false;
        }

        meters = GeoDistance.Between(Center, point);
        return true;
    }

    /// <summary>The cell of the center and those around it, which together cover the shape. Those that are of no use are none.</summary>
    public readonly GeoHash[] Cells()
    {
        GeoArea bounds = Bounds();
        double reach = (IsBox ? Math.Sqrt((Width / 2 * (Width / 2)) + (Height / 2 * (Height / 2))) : Radius) * MetersPerUnit;
        int steps = StepsFor(reach);
        var cell = GeoHash.Encode(GeoArea.All, Center, steps);
        if (steps > 1 && !CoversAll(cell, bounds))
        {
            cell = GeoHash.Encode(GeoArea.All, Center, --steps);
        }

        return Around(cell, bounds, steps >= 2);
    }

    /// <summary>Where the shape is at most. Towards the poles a degree of longitude is shorter, so the edge nearer to one counts.</summary>
    private readonly GeoArea Bounds()
    {
        double height = MetersPerUnit * (IsBox ? Height / 2 : Radius);
        double width = MetersPerUnit * (IsBox ? Width / 2 : Radius);
        double latitudeDelta = GeoDistance.ToDegrees(height / GeoDistance.EarthRadius);
        double edge = Center.Latitude < 0 ? Center.Latitude - latitudeDelta : Center.Latitude + latitudeDelta;
        double longitudeDelta = GeoDistance.ToDegrees(width / GeoDistance.EarthRadius / Math.Cos(GeoDistance.ToRadians(edge)));
        return new GeoArea(
            Center.Longitude - longitudeDelta, Center.Longitude + longitudeDelta, Center.Latitude - latitudeDelta, Center.Latitude + latitudeDelta);
    }

    /// <summary>How small the cells may be.</summary>
    private readonly int StepsFor(double meters)
    {
        if (meters == 0)
        {
            return GeoHash.StepsMax;
        }

        int steps = 1;
        while (meters < ProjectionMax)
        {
            meters *= 2;
            steps++;
        }

        // Two less, so that the shape is within the neighbours in most cases; cells get narrower towards the poles.
        steps -= 2 + (Math.Abs(Center.Latitude) > 66 ? 1 : 0) + (Math.Abs(Center.Latitude) > 80 ? 1 : 0);
        return Math.Clamp(steps, 1, GeoHash.StepsMax);
    }

    private static bool CoversAll(GeoHash cell, in GeoArea bounds)
        => !(cell.Neighbor(0, 1).Decode(GeoArea.All).LatitudeMax < bounds.LatitudeMax)
            && !(cell.Neighbor(0, -1).Decode(GeoArea.All).LatitudeMin > bounds.LatitudeMin)
            && !(cell.Neighbor(1, 0).Decode(GeoArea.All).LongitudeMax < bounds.LongitudeMax)
            && !(cell.Neighbor(-1, 0).Decode(GeoArea.All).LongitudeMin > bounds.LongitudeMin);

    /// <summary>In Redis's order, in which results come that nobody asked to sort.</summary>
    private static GeoHash[] Around(GeoHash cell, in GeoArea bounds, bool leavesOut)
    {
        GeoArea area = cell.Decode(GeoArea.All);
        bool north = !leavesOut || !(area.LatitudeMax > bounds.LatitudeMax);
        bool south = !leavesOut || !(area.LatitudeMin < bounds.LatitudeMin);
        bool east = !leavesOut || !(area.LongitudeMax > bounds.LongitudeMax);
        bool west = !leavesOut || !(area.LongitudeMin < bounds.LongitudeMin);
        var cells = new GeoHash[CellsMax];
        cells[0] = cell;
        cells[1] = north ? cell.Neighbor(0, 1) : default;
        cells[2] = south ? cell.Neighbor(0, -1) : default;
        cells[3] = east ? cell.Neighbor(1, 0) : default;
        cells[4] = west ? cell.Neighbor(-1, 0) : default;
        cells[5] = north && east ? cell.Neighbor(1, 1) : default;
        cells[6] = north && west ? cell.Neighbor(-1, 1) : default;
        cells[7] = south && east ? cell.Neighbor(1, -1) : default;
        cells[8] = south && west ? cell.Neighbor(-1, -1) : default;
        return cells;
    }
}
